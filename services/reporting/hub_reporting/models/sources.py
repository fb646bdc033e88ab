"""Progress of the projection for each publisher."""

from datetime import datetime

from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, mapped_column

from hub_reporting.models.base import Base


class Source(Base):
    """One publisher of one hub."""

    __tablename__ = "sources"

    source: Mapped[str] = mapped_column(primary_key=True)
    hub: Mapped[str]
    events: Mapped[int] = mapped_column(BigInteger)  # number projected so far
    up_to: Mapped[datetime]  # time of the newest of them
    # When the last of them was projected, by reporting's clock of that moment.
    projected_at: Mapped[datetime] = mapped_column(info={"volatile": True})
