"""Programmes."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub_enrolment.models import Programme


def add_programme(session: Session, programme: Programme) -> bool:
    """Write a programme; False when there is one with its NCP code."""
    if programme.ncp_code is not None and session.scalar(
        select(Programme.id).where(Programme.ncp_code == programme.ncp_code)
    ):
        return False
    session.add(programme)
    session.flush()
    return True
