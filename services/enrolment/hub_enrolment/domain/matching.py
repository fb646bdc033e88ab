"""One rule for "is this a person whom the hub knows?": lists, single registration and duplicates share it.

Names, TRN, e-mail address and school are evidence. A key (TRN, e-mail address) never outweighs a cell that
contradicts it: such a person is unclear, and a member of staff decides.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from hub_enrolment.domain.evidence import Evidence, Names, Person, Record, Trns, compare
from hub_enrolment.domain.names import name_key
from hub_enrolment.domain.refusals import Conflict

# Why it is unclear whether somebody is known; "" below stands for "the same person".
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
    """A person whom the hub knows."""

    record: Record


@dataclass(frozen=True)
class New:
    """A person whom the hub does not know."""


@dataclass(frozen=True)
class Unclear:
    """A person who may be known: a member of staff decides; `why` is a code of `DETAILS`."""

    candidates: tuple[Record, ...]
    why: str


def match(
    described: Person, records: Iterable[Record], *, listed: Collection[UUID] = ()
) -> Known | New | Unclear:
    """Decide whether a described person is one of these records.

    A person is known when one record fits and its evidence is stronger than that of every other candidate.

    Args:
        described: what a row or request says.
        records: those that may be meant.
        listed: the records that earlier rows of the same list are about. Two rows with one name and
            different addresses are two people: who wrote the list tells them apart.
    """
    found = [
        (record, evidence, said)
        for record in records
        if (said := verdict(evidence := compare(described, record))) is not None
        and not (said == SAME_NAME and record.id in listed)
    ]
    if not found:
        return New()
    for record, evidence, said in found:
        others = [one for other, one, _ in found if other is not record]
        if said == THE_SAME and all(evidence.dominates(one) for one in others):
            return Known(record)
    return Unclear(tuple(record for record, *_ in found), _why(found))


def reasons_for_one(evidence: Evidence) -> tuple[str, ...]:
    """Why two records may be of one person, for a member of staff who decides; empty for two people.

    Beyond `verdict`, names that are like each other at one school: A. Smith and Alex Smith.
    `queries.duplicates` says the same in SQL.
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
    """Raise unless a person who is to be registered is new.

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
        detail = f"This TRN belongs to a teacher whom the hub knows: {named(candidates)}."
        raise Conflict("trn_taken", detail, "/trn", extensions=known)
    detail = (
        f"The hub may know this person: {named(candidates)}. Use that record; if this is another person,"
        " send the request again with its id in different_from."
    )
    raise Conflict("possible_duplicate", detail, "/different_from", extensions=known)


def differences(described: Person, record: Record) -> list[str]:
    """What a list says otherwise than the record of a known teacher, and what becomes of it."""
    said = []
    if described.trn is not None and record.trn is None:
        said.append(f"The TRN {described.trn} is added to the record.")
    elif described.trn is not None and described.trn != record.trn:
        said.append("The TRN is a former one of this teacher; the record keeps the present one.")
    if name_key(described.name) != name_key(record.name):
        said.append(f"The record keeps the name {record.name}.")
    if described.emails.isdisjoint(record.emails):
        said.append("The record keeps its e-mail address.")
    if described.roles.isdisjoint(record.roles) and described.roles:
        said.append(f"The record keeps the role {', '.join(sorted(record.roles))}.")
    return said


def summary(record: Record) -> dict[str, Any]:
    """A candidate as it is shown to hub staff."""
    return {
        "teacher_id": str(record.id),
        "given": record.given,
        "family": record.family,
        "urns": sorted(record.urns),
    }


def named(candidates: Iterable[Record]) -> str:
    """Candidates by name and school, for a sentence that hub staff read."""
    told = [f"{one.name} (school {', '.join(sorted(one.urns))})" for one in candidates]
    rest = [f"and {len(told) - MOST_NAMED} more"] if len(told) > MOST_NAMED else []
    return ", ".join([*told[:MOST_NAMED], *rest])


def verdict(evidence: Evidence) -> str | None:
    """What evidence says: `THE_SAME`, why it is unclear, or None for two people.

    An office address may belong to several people, so an address without a name is no evidence at all.
    """
    if evidence.names >= Names.ALIKE:
        return _of_fitting_names(evidence)
    if evidence.trns == Trns.SAME:
        return NAME_DIFFERS
    married = evidence.names == Names.PART and not evidence.siblings
    return NAME_DIFFERS if married and evidence.email and evidence.trns == Trns.UNKNOWN else None


def _why(found: Sequence[tuple[Record, Evidence, str]]) -> str:
    reasons = {said for *_, said in found}
    if len(found) == 1 or reasons == {SAME_NAME}:
        return reasons.pop()
    by_email = all(evidence.email and evidence.trns != Trns.SAME for _, evidence, _ in found)
    return SEVERAL_WITH_EMAIL if by_email else SEVERAL


def _of_fitting_names(evidence: Evidence) -> str | None:
    if evidence.trns == Trns.SAME or (evidence.email and evidence.trns == Trns.UNKNOWN):
        return THE_SAME if evidence.school else SCHOOL_DIFFERS
    if evidence.email:
        return TRN_DIFFERS
    namesakes = evidence.names == Names.SAME and evidence.school and evidence.trns == Trns.UNKNOWN
    return SAME_NAME if namesakes else None
