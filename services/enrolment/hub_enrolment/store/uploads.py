"""Which school a name in a list may mean."""

from collections.abc import Iterable
from typing import Final

from sqlalchemy.orm import Session

from hub_enrolment.domain.search import read_search
from hub_enrolment.models import School
from hub_enrolment.store import schools

SUGGESTED: Final = 3


def schools_called(session: Session, name: str) -> Iterable[tuple[str, str]]:
    """URN and name of the schools that a name may mean, a few of them; none for no words."""
    asked = read_search(name)
    if not asked:
        return []
    statement = schools.list_schools(words=asked).order_by(School.urn).limit(SUGGESTED)
    return [(school.urn, school.name) for school in session.scalars(statement)]
