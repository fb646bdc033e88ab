"""Check the prerequisites of a programme for a school."""

from datetime import date

from sqlalchemy.orm import Session

from hub_enrolment.domain import programmes
from hub_enrolment.models import Programme
from hub_enrolment.store import programmes as store


def check_path(session: Session, programme: Programme, urn: str, *, day: date, pointer: str) -> None:
    """Raise unless a school, as of a day, may follow a programme, by what it followed before.

    Raises:
        Refused: see `programmes.check_path`.
    """
    path = store.path_of(programme)
    taken = store.taken_parts(session, urn, day=day) if path.depends_on_history else []
    programmes.check_path(path, taken, pointer=pointer)
