"""The hub's description, as enrolment publishes it."""

from sqlalchemy import Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from hub_reporting.models.base import Projected


class HubDescription(Projected):
    """The hub's name and the area that it serves, from the latest `HubDescribed`."""

    __tablename__ = "hub_descriptions"

    name: Mapped[str]
    area_la_codes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    area_district_codes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    extra_urns: Mapped[list[str]] = mapped_column(ARRAY(Text))
    excluded_urns: Mapped[list[str]] = mapped_column(ARRAY(Text))
