"""What every table of enrolment is made of."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import CheckConstraint, MetaData, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from hub_platform.database import UtcDateTime, naming_convention


def one_of(column: str, values: Iterable[str]) -> CheckConstraint:
    """Hold a column to a list of words."""
    words = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({words})", name=column)


class Base(DeclarativeBase):
    """Every table of this service."""

    metadata = MetaData(naming_convention=naming_convention)
    type_annotation_map = {datetime: UtcDateTime, str: Text}  # noqa: RUF012 - SQLAlchemy reads it from the class


class Tracked:
    """Who made a row and who changed it last; `revision` counts its changes."""

    revision: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    changed_at: Mapped[datetime]
    changed_by: Mapped[str]

    def touch(self, *, now: datetime, by: str) -> None:
        """Note a change."""
        self.revision += 1
        self.changed_at, self.changed_by = now, by


def made(now: datetime, by: str) -> dict[str, object]:
    """The values of a new row's Tracked columns."""
    return {"revision": 1, "created_at": now, "created_by": by, "changed_at": now, "changed_by": by}
