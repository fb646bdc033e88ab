"""The hub and its area: stored data, so that the same program serves any hub."""

from sqlalchemy import CheckConstraint, ForeignKey, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from hub_enrolment.models.base import Base
from hub_platform.database import Tracked


class Hub(Tracked, Base):
    """The description of the hub, in the only row of its table."""

    __tablename__ = "hub"
    __table_args__ = (
        CheckConstraint("sole", name="sole"),
        CheckConstraint("id ~ '^[a-z0-9][a-z0-9-]*$'", name="id"),
        CheckConstraint("NOT extra_urns && excluded_urns", name="excluded_urns"),
    )

    sole: Mapped[bool] = mapped_column(primary_key=True, default=True)
    id: Mapped[str]
    name: Mapped[str]
    lead_school_urn: Mapped[str] = mapped_column(ForeignKey("schools.urn"))
    trust_uid: Mapped[str | None] = mapped_column(ForeignKey("trusts.uid"))
    area_la_codes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    area_district_codes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    extra_urns: Mapped[list[str]] = mapped_column(ARRAY(Text))
    excluded_urns: Mapped[list[str]] = mapped_column(ARRAY(Text))
    contact_name: Mapped[str | None]
    contact_email: Mapped[str | None]
    contact_telephone: Mapped[str | None]
    privacy_notice: Mapped[str | None]
