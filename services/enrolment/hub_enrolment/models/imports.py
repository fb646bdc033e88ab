"""Imported files of the register and the findings in them."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from hub_enrolment.domain.gias_kinds import RegisterFileKind
from hub_enrolment.models.base import Base
from hub_platform.database import one_of


class GiasImport(Base):
    """One applied file; previews are not stored."""

    __tablename__ = "gias_imports"
    __table_args__ = (
        one_of("file", RegisterFileKind),
        CheckConstraint("rows >= created + changed + unchanged", name="rows"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    file: Mapped[str]
    file_date: Mapped[date | None]
    sha256: Mapped[str]
    rows: Mapped[int]
    created: Mapped[int]
    changed: Mapped[int]
    unchanged: Mapped[int]
    findings: Mapped[int]
    applied_at: Mapped[datetime]
    applied_by: Mapped[str]

    # Null for files applied before these columns existed.
    closed: Mapped[int | None]
    successors: Mapped[int | None]
    skipped: Mapped[int | None]


class GiasFinding(Base):
    """A finding in one row of an applied file; `number` counts from 1 within the file."""

    __tablename__ = "gias_findings"

    import_id: Mapped[UUID] = mapped_column(ForeignKey("gias_imports.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    row: Mapped[int]
    column: Mapped[str]
    urn: Mapped[str]
    code: Mapped[str]
    detail: Mapped[str]
