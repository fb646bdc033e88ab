"""The declarative base of enrolment's tables."""

from sqlalchemy import CheckConstraint, MetaData
from sqlalchemy.orm import DeclarativeBase

from hub_enrolment.domain.venues import LONGEST_LINK, LONGEST_VENUE
from hub_platform.database import kept_as, naming_convention


class Base(DeclarativeBase):
    """The base class of every table of this service."""

    metadata = MetaData(naming_convention=naming_convention)
    type_annotation_map = kept_as


def located() -> tuple[CheckConstraint, ...]:
    """Return constraints that limit `venue` to one line and `joining_link` to an https address."""
    return (
        CheckConstraint(f"char_length(venue) <= {LONGEST_VENUE} AND venue !~ '[\\n\\r]'", name="venue"),
        CheckConstraint(
            f"char_length(joining_link) <= {LONGEST_LINK} AND joining_link ~* '^https://'",
            name="joining_link",
        ),
    )
