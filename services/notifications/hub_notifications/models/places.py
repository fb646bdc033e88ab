"""Places, waiting-list entries and applications of Work Groups."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, Index, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from hub_notifications.domain.participations import ApplicationState, PlaceState, WaitingState
from hub_notifications.models.base import Base
from hub_platform.database import one_of


class Place(Base):
    """A teacher's place on a Work Group."""

    __tablename__ = "places"
    __table_args__ = (one_of("state", PlaceState), Index(None, "work_group_id", "teacher_id"))

    enrolment_id: Mapped[UUID] = mapped_column(primary_key=True)
    work_group_id: Mapped[UUID]
    teacher_id: Mapped[UUID]
    state: Mapped[str]
    given_at: Mapped[datetime]
    transferred_from: Mapped[UUID | None]
    revision: Mapped[int]


class WaitingEntry(Base):
    """A teacher's entry on the waiting list of a Work Group."""

    __tablename__ = "waiting_list"
    __table_args__ = (one_of("state", WaitingState), Index(None, "work_group_id", "teacher_id"))

    waiting_id: Mapped[UUID] = mapped_column(primary_key=True)
    work_group_id: Mapped[UUID]
    teacher_id: Mapped[UUID]
    state: Mapped[str]
    expires_at: Mapped[datetime | None]
    changed_at: Mapped[datetime]
    revision: Mapped[int]


class Application(Base):
    """A school's application for places on a Work Group."""

    __tablename__ = "applications"
    __table_args__ = (
        one_of("state", ApplicationState),
        Index(None, "work_group_id"),
        Index("ix_applications_teacher_ids", "teacher_ids", postgresql_using="gin"),
    )

    application_id: Mapped[UUID] = mapped_column(primary_key=True)
    work_group_id: Mapped[UUID]
    teacher_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    state: Mapped[str]
    changed_at: Mapped[datetime]
    revision: Mapped[int]
