"""The rule for whether a described person has a record: for lists, single registrations and duplicates alike.

Names, TRN, e-mail address and school are evidence. A matching TRN or address never outweighs a fact that
contradicts it: such a person is unclear, and a member of staff decides.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from hub_enrolment.domain.evidence import Evidence, Names, Person, Record, Trns, compare
from hub_enrolment.domain.names import name_key
from hub_kernel.refusals import Conflict

# Why it is unclear whether a person has a record; THE_SAME: it is the same person.
TRN_DIFFERS: Final = "trn_differs"
NAME_DIFFERS: Final = "name_differs"
SCHOOL_DIFFERS: Final = "school_differs"
SAME_NAME: Final = "same_name_at_school"
SEVERAL: Final = "several_match"
SEVERAL_WITH_EMAIL: Final = "several_with_email"
THE_SAME: Final = ""

DETAILS: Final = {
    TRN_DIFFERS: "The name and the e-mail address are those of a known teacher, who has another TRN."
    " Correct the TRN here or on the teacher's record.",
    NAME_DIFFERS: "The TRN or the e-mail address is that of a known teacher, who has another name."
    " Correct the TRN or address here, or the name on the teacher's record.",
    SCHOOL_DIFFERS: "A known teacher with this name and TRN or e-mail address works at another school."
    " Record the move first, or give the school where they work.",
    SAME_NAME: "A teacher of this name is known at this school with another e-mail address."
    " Give the TRN or the address that the hub has; if this is another person, register them first.",
    SEVERAL: "The cells fit more than one known teacher."
    " Check the TRN, the name and the e-mail address, or merge the records first.",
    SEVERAL_WITH_EMAIL: "More than one known teacher with this e-mail address fits."
    " Give the TRN or the whole name, or merge the records first.",
}

MOST_NAMED: Final = 5  # candidates in a sentence

# The cell of a list that a member of staff looks at first.
CELLS: Final = {
    TRN_DIFFERS: "/trn",
    NAME_DIFFERS: "/family",
    SCHOOL_DIFFERS: "/urn",
    SAME_NAME: "/email",
    SEVERAL: "",
    SEVERAL_WITH_EMAIL: "/email",
}


@dataclass(frozen=True)
class Known:
    """The described person has this record."""

    record: Record


@dataclass(frozen=True)
class New:
    """The described person has no record."""


@dataclass(frozen=True)
class Unclear:
    """The described person may have one of these records: staff decide; `why` is a code of `DETAILS`."""

    candidates: tuple[Record, ...]
    why: str


def match(
    described: Person, records: Iterable[Record], *, listed: Collection[UUID] = ()
) -> Known | New | Unclear:
    """Return whether a described person is known, new or unclear among these records.

    A person is known when one record matches and its evidence is stronger than that of every other candidate.

    Args:
        described: the person of a row or request.
        records: the candidates.
        listed: the records of earlier rows of the same list. Two rows with one name and different addresses
            are two people: the author of the list distinguishes them.
    """
    found = [
        (record, evidence, reason)
        for record in records
        if (reason := verdict(evidence := compare(described, record))) is not None
        and not (reason == SAME_NAME and record.id in listed)
    ]
    if not found:
        return New()
    for record, evidence, reason in found:
        others = [one for other, one, _ in found if other is not record]
        if reason == THE_SAME and all(evidence.dominates(one) for one in others):
            return Known(record)
    return Unclear(tuple(record for record, *_ in found), _why(found))


def reasons_for_one(evidence: Evidence) -> tuple[str, ...]:
    """Return the reasons why two records may be of one person; empty for two people.

    Beyond `verdict`, similar names at one school count: A. Smith and Alex Smith. Staff decide.
    `queries.duplicates` is the same rule in SQL.
    """
    like_at_school = evidence.names >= Names.ALIKE and evidence.school
    if verdict(evidence) is None and not (like_at_school and evidence.trns == Trns.UNKNOWN):
        return ()
    reasons = {
        "same_email": evidence.email,
        "same_name_at_school": like_at_school,
        "same_trn": evidence.trns == Trns.SAME,
    }
    return tuple(reason for reason, holds in reasons.items() if holds)


def check_new(outcome: Known | New | Unclear, described: Person) -> None:
    """Raise unless a person to be registered is new.

    Raises:
        Conflict: `trn_taken`, `possible_duplicate`, with the candidates.
    """
    match outcome:
        case New():
            return
        case Known(record):
            candidates: tuple[Record, ...] = (record,)
        case Unclear():
            candidates = outcome.candidates
    known = {"candidates": [summary(one) for one in candidates]}
    if described.trn is not None and any(one.trn == described.trn for one in candidates):
        detail = (
            f"A registered teacher has this TRN: {named(candidates)}. Use that record, or correct the TRN."
        )
        raise Conflict("trn_taken", detail, "/trn", extensions=known)
    detail = (
        f"This person may be registered already: {named(candidates)}. Use that record; for another person,"
        " send the request again with its id in different_from."
    )
    raise Conflict("possible_duplicate", detail, "/different_from", extensions=known)


def differences(described: Person, record: Record) -> list[str]:
    """Return sentences about how a list differs from a known teacher's record, and what is done about it."""
    sentences = []
    if described.trn is not None and record.trn is None:
        sentences.append(f"The TRN {described.trn} is added to the record.")
    elif described.trn is not None and described.trn != record.trn:
        sentences.append("The TRN is a former one of this teacher; the record's present TRN stays.")
    if name_key(described.name) != name_key(record.name):
        sentences.append(f"The name on the record stays {record.name}.")
    if described.emails.isdisjoint(record.emails):
        sentences.append("The e-mail address on the record stays.")
    if described.roles.isdisjoint(record.roles) and described.roles:
        sentences.append(f"The role on the record stays {', '.join(sorted(record.roles))}.")
    return sentences


def summary(record: Record) -> dict[str, object]:
    """Return a candidate as JSON values, for hub staff."""
    return {
        "teacher_id": str(record.id),
        "given": record.given,
        "family": record.family,
        "urns": sorted(record.urns),
    }


def named(candidates: Iterable[Record]) -> str:
    """Return candidates by name and school, for a sentence to hub staff."""
    listed = [f"{one.name} (school {', '.join(sorted(one.urns))})" for one in candidates]
    rest = [f"and {len(listed) - MOST_NAMED} more"] if len(listed) > MOST_NAMED else []
    return ", ".join([*listed[:MOST_NAMED], *rest])


def verdict(evidence: Evidence) -> str | None:
    """Return `THE_SAME`, the reason why it is unclear, or None for two people.

    Several people may share an office address, so an address without a similar name is no evidence.
    """
    if evidence.names >= Names.ALIKE:
        return _of_similar_names(evidence)
    if evidence.trns == Trns.SAME:
        return NAME_DIFFERS
    married = evidence.names == Names.PART and not evidence.siblings
    return NAME_DIFFERS if married and evidence.email and evidence.trns == Trns.UNKNOWN else None


def _why(found: Sequence[tuple[Record, Evidence, str]]) -> str:
    reasons = {reason for *_, reason in found}
    if len(found) == 1 or reasons == {SAME_NAME}:
        return reasons.pop()
    by_email = all(evidence.email and evidence.trns != Trns.SAME for _, evidence, _ in found)
    return SEVERAL_WITH_EMAIL if by_email else SEVERAL


def _of_similar_names(evidence: Evidence) -> str | None:
    if evidence.trns == Trns.SAME or (evidence.email and evidence.trns == Trns.UNKNOWN):
        return THE_SAME if evidence.school else SCHOOL_DIFFERS
    if evidence.email:
        return TRN_DIFFERS
    namesakes = evidence.names == Names.SAME and evidence.school and evidence.trns == Trns.UNKNOWN
    return SAME_NAME if namesakes else None
