"""Which files of the register were applied, when and by whom."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub_enrolment.models.base import Base
from hub_platform.database import one_of


class GiasImport(Base):
    """One file applied; previews leave no trace."""

    __tablename__ = "gias_imports"
    __table_args__ = (
        one_of("file", ("establishments", "links")),
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
