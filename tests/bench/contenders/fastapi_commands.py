"""The same two routes written plainly: FastAPI, SQLAlchemy over psycopg, one commit, the same tables.

`def` routes run on threads ("Concurrency and async / await", FastAPI documentation); uvicorn has uvloop and
httptools, and writes no access log. Nothing is published, no token is asked for; a lock of
the group keeps its capacity, a unique index one place for each teacher.
"""

import os
from datetime import UTC, date, datetime
from typing import Final, Literal
from uuid import UUID, uuid4

import sqlalchemy as sa
import uvicorn
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel
from sqlalchemy.orm import Session, sessionmaker

from hub_enrolment.models import Attendance, Enrolment, GroupSession, SchoolMembership, WorkGroup
from hub_platform.database import made

POOL: Final = 20
BY: Final = "bench"

engine = sa.create_engine(
    sa.make_url(os.environ["HUB_DATABASE_URL"]).set(drivername="postgresql+psycopg"), pool_size=POOL
)
Sessions = sessionmaker(engine, expire_on_commit=False)
app = FastAPI()


class Asked(BaseModel):
    """The teacher to be given a place."""

    teacher_id: UUID
    role: Literal["lead_participant", "participant"]


class Place(BaseModel):
    """A place on a work group."""

    enrolment_id: UUID
    work_group_id: UUID
    teacher_id: UUID
    urn: str
    role: str
    status: str
    enrolled_at: datetime


class Mark(BaseModel):
    """How one participant attended."""

    enrolment_id: UUID
    mark: Literal["present", "late", "left_early", "apologies", "absent"]


class Register(BaseModel):
    """All marks of one session."""

    marks: list[Mark]


class Taken(BaseModel):
    """A register as it is now."""

    session_id: UUID
    status: str
    held_on: date
    marks: list[Mark]


def enrol(work_group_id: UUID, asked: Asked) -> Place:
    """Give a teacher a place."""
    now = datetime.now(UTC)
    with Sessions.begin() as session:
        group = session.get(WorkGroup, work_group_id, with_for_update=True)
        if group is None:
            raise HTTPException(404)
        urn = session.scalar(
            sa.select(SchoolMembership.urn).where(
                SchoolMembership.teacher_id == asked.teacher_id, SchoolMembership.ends_on.is_(None)
            )
        )
        taken = session.scalar(
            sa.select(sa.func.count()).where(
                Enrolment.work_group_id == work_group_id, Enrolment.status == "active"
            )
        )
        if urn is None or not group.opens_at <= now < group.closes_at:
            raise HTTPException(422)
        if taken is None or taken >= group.capacity:
            raise HTTPException(409)
        place = Enrolment(
            id=uuid4(),
            work_group_id=work_group_id,
            teacher_id=asked.teacher_id,
            urn=urn,
            role=asked.role,
            status="active",
            enrolled_at=now,
            **made(now, BY),
        )
        session.add(place)
    return Place.model_validate({"enrolment_id": place.id, **place.__dict__})


def take_register(session_id: UUID, asked: Register) -> Taken:
    """Write a register in place of the one before."""
    now = datetime.now(UTC)
    with Sessions.begin() as session:
        meeting = session.get(GroupSession, session_id, with_for_update=True)
        if meeting is None:
            raise HTTPException(404)
        if meeting.status == "cancelled" or now < meeting.starts_at:
            raise HTTPException(409)
        _check(session, meeting.work_group_id, asked)
        session.execute(sa.delete(Attendance).where(Attendance.session_id == session_id))
        rows = [
            {"session_id": session_id, "marked_at": now, "marked_by": BY, **mark.model_dump()}
            for mark in asked.marks
        ]
        session.execute(sa.insert(Attendance), rows)
        meeting.status, meeting.held_on = "completed", meeting.starts_at.date()
        meeting.touch(now=now, by=BY)
        held_on = meeting.held_on
    return Taken(session_id=session_id, status="completed", held_on=held_on, marks=asked.marks)


def _check(session: Session, work_group_id: UUID, asked: Register) -> None:
    """Raise unless the register marks every active participant."""
    places = session.scalars(
        sa.select(Enrolment.id).where(Enrolment.work_group_id == work_group_id, Enrolment.status == "active")
    )
    if set(places) != {mark.enrolment_id for mark in asked.marks}:
        raise HTTPException(422)


app.add_api_route(
    "/enrolment/v1/work-groups/{work_group_id}/enrolments", enrol, methods=["POST"], status_code=201
)
app.add_api_route("/enrolment/v1/sessions/{session_id}/register", take_register, methods=["PUT"])

if __name__ == "__main__":
    port = int(os.environ["HUB_HTTP_PORT"])
    uvicorn.run(app, host="127.0.0.1", port=port, access_log=False, log_level="warning")
