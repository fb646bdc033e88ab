"""How far reporting has come in what each service says."""

from datetime import datetime

from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, mapped_column

from hub_reporting.models.base import Base


class Source(Base):
    """One publisher of one hub."""

    __tablename__ = "sources"

    source: Mapped[str] = mapped_column(primary_key=True)
    hub: Mapped[str]
    events: Mapped[int] = mapped_column(BigInteger)  # how many have been counted in
    up_to: Mapped[datetime]  # when the newest of them happened
    # When the last of them was counted in, by the clock of that moment.
    projected_at: Mapped[datetime] = mapped_column(info={"volatile": True})
