"""Candidate records for a described person, found by their indexed keys."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select, text
from sqlalchemy.orm import Session

from hub_enrolment.domain.evidence import Person, Record
from hub_enrolment.domain.names import full_name, name_key
from hub_enrolment.models import SchoolMembership, Teacher
from hub_enrolment.store import successions as succession_store

LOCK_KEY: Final = 0x75706C64  # "upld": one list at a time in this database
# Acquired in one order by every transaction, so that no two wait for each other.
_LOCK_EACH: Final = text(
    "SELECT pg_advisory_xact_lock(hash, :lock)"
    " FROM (SELECT DISTINCT hashtext(key) AS hash FROM unnest(CAST(:keys AS text[])) key ORDER BY 1) hashes"
)


@dataclass(frozen=True)
class _Keys:
    trns: Collection[str]
    emails: Collection[str]
    names: Collection[str]


def lock_for_list(session: Session) -> None:
    """Wait until no other list or registration runs, so that no teacher is registered twice."""
    session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK_KEY})


def lock_for_one(session: Session, described: Person) -> None:
    """Wait until no list runs and no request registers a person with the same name, TRN or address."""
    session.execute(text("SELECT pg_advisory_xact_lock_shared(:key)"), {"key": LOCK_KEY})
    keys = _keys([described])
    session.execute(_LOCK_EACH, {"keys": [*keys.trns, *keys.emails, *keys.names], "lock": LOCK_KEY})


def hold(session: Session, described: Iterable[Person]) -> list[UUID]:
    """Lock the candidate records of these people and return their ids, in order.

    Every handler locks people before groups, so that no two transactions wait for each other. The lock covers
    key columns, because a list may add a teacher's TRN.
    """
    keys = _keys(described)
    statement = select(Teacher.id).where(*_may_be(keys)).order_by(Teacher.id).with_for_update()
    return list(session.scalars(statement))


def candidates(
    session: Session, described: Person, *, day: date, among: Collection[UUID] | None = None
) -> list[Record]:
    """Return the records that share a key with a person, the oldest first.

    Args:
        session: the database.
        described: the person; their school has no successor.
        day: the day as of which successions of schools count.
        among: the ids to search, as locked for a list; None: all records.
    """
    statement = select(Teacher).where(*_may_be(_keys([described]))).order_by(Teacher.id)
    if among is not None:
        statement = statement.where(Teacher.id.in_(among))
    found = session.scalars(statement).all()
    rows = session.execute(
        select(SchoolMembership.teacher_id, SchoolMembership.urn, SchoolMembership.role).where(
            SchoolMembership.teacher_id.in_([teacher.id for teacher in found]),
            SchoolMembership.ends_on.is_(None),
        )
    ).all()
    other = {row.urn for row in rows} - described.urns  # hardly ever one of a closed school
    successions = succession_store.around(session, other)
    posts = [(row.teacher_id, successions.standing(row.urn, day), row.role) for row in rows]
    return [record_of(teacher, [post[1:] for post in posts if post[0] == teacher.id]) for teacher in found]


def record_of(teacher: Teacher, places: Iterable[Sequence[str]]) -> Record:
    """Return a teacher as the matching rule needs them; `places`: URN and role of each present school."""
    posts = list(places)
    return Record(
        id=teacher.id,
        given=teacher.given,
        family=teacher.family,
        former_names=tuple(teacher.previous_names),
        trn=teacher.trn,
        former_trns=frozenset(teacher.former_trns),
        emails=frozenset({teacher.email, *teacher.former_emails}),
        urns=frozenset(urn for urn, _ in posts),
        roles=frozenset(role for _, role in posts),
    )


def _keys(described: Iterable[Person]) -> _Keys:
    people = list(described)
    names = {
        name_key(name)
        for one in people
        for name in (one.name, full_name(one.family, one.given), *one.former_names)
    }
    trns = {trn for one in people for trn in ({one.trn} | one.former_trns) if trn is not None}
    return _Keys(sorted(trns), sorted({email for one in people for email in one.emails}), sorted(names))


def _may_be(keys: _Keys) -> tuple[ColumnElement[bool], ...]:
    has_one = or_(
        Teacher.trn.in_(keys.trns),
        Teacher.email.in_(keys.emails),
        Teacher.name_key.in_(keys.names),
        Teacher.former_trns.overlap(list(keys.trns)),
        Teacher.former_emails.overlap(list(keys.emails)),
        Teacher.former_name_keys.overlap(list(keys.names)),
    )
    return has_one, Teacher.merged_into.is_(None), Teacher.anonymised_on.is_(None)
