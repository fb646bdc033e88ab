"""Whom a list of participants may be about, and which school a name may mean."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import or_, select, text
from sqlalchemy.orm import Session

from hub_enrolment.domain.search import read_search
from hub_enrolment.domain.uploads import Person
from hub_enrolment.models import School, Teacher
from hub_enrolment.store import schools
from hub_enrolment.store.teachers import Employed, with_schools

LOCK_KEY: Final = 0x75706C64  # "upld": one upload at a time in this database
SUGGESTED: Final = 3


@dataclass(frozen=True)
class Known:
    """Who has a number, and who has an address."""

    by_trn: Person | None
    by_email: list[Person]


def lock_uploads(session: Session) -> None:
    """Wait until no other upload runs: the same new teachers in two files are not registered twice."""
    session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK_KEY})


def hold_known(session: Session, *, trns: Collection[str], emails: Collection[str]) -> None:
    """Hold whoever has one of these numbers or addresses, in the order of their ids.

    People are held before their groups everywhere, so that nobody waits in a circle.
    """
    session.execute(
        select(Teacher.id)
        .where(or_(Teacher.trn.in_(trns), Teacher.email.in_(emails)), Teacher.merged_into.is_(None))
        .order_by(Teacher.id)
        .with_for_update(read=True, key_share=True)
    ).all()


def known(session: Session, *, trn: str | None, email: str) -> Known:
    """Who has a number or an address, as it is now."""
    has_one = or_(Teacher.trn == trn, Teacher.email == email)
    statement = select(Teacher).where(has_one, Teacher.merged_into.is_(None)).order_by(Teacher.id)
    employed = with_schools(session, session.scalars(statement).all())
    return Known(
        next((_person(one) for one in employed if trn is not None and one.teacher.trn == trn), None),
        [_person(one) for one in employed if one.teacher.email == email],
    )


def schools_called(session: Session, name: str) -> Iterable[tuple[str, str]]:
    """URN and name of the schools that a name may mean, a few of them; none for no words."""
    asked = read_search(name)
    if not asked:
        return []
    statement = schools.list_schools(words=asked).order_by(School.urn).limit(SUGGESTED)
    return [(school.urn, school.name) for school in session.scalars(statement)]


def _person(one: Employed) -> Person:
    return Person(
        id=one.teacher.id,
        family=one.teacher.family,
        previous_names=one.teacher.previous_names,
        trn=one.teacher.trn,
        urn=one.membership.urn,
    )
