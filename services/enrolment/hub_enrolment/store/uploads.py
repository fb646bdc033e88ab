"""Suggestions for the school that a list names without a URN."""

from collections.abc import Iterable
from typing import Final

from sqlalchemy.orm import Session

from hub_enrolment.domain.search import read_search
from hub_enrolment.models import School
from hub_enrolment.store import schools
from hub_enrolment.store.schools import SchoolFilter

SUGGESTED: Final = 3


def schools_called(session: Session, name: str) -> Iterable[tuple[str, str]]:
    """Return up to three schools that a name may mean, as (URN, name) pairs."""
    asked = read_search(name)
    if not asked:
        return []
    statement = schools.list_schools(SchoolFilter(words=asked)).order_by(School.urn).limit(SUGGESTED)
    return [(school.urn, school.name) for school in session.scalars(statement)]
