"""The tables of the example service."""

from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from hub_platform.database import naming_convention


class Base(DeclarativeBase):
    """The base of the example's tables."""

    metadata = MetaData(naming_convention=naming_convention)


class Parcel(Base):
    """One parcel; `weight` in grams."""

    __tablename__ = "parcels"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    weight: Mapped[int]
    revision: Mapped[int] = mapped_column(default=1)


class Effect(Base):
    """One row for each time an event took effect, in the order in which it did."""

    __tablename__ = "effects"

    position: Mapped[int] = mapped_column(primary_key=True, info={"volatile": True})
    event_id: Mapped[str]
    subject: Mapped[str]
    revision: Mapped[int]
