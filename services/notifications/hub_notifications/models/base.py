"""The declarative base of notifications' tables."""

from sqlalchemy import MetaData
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase

from hub_notifications.domain.notified import Facts
from hub_platform.database import kept_as, naming_convention


class Base(DeclarativeBase):
    """Every table of this service."""

    metadata = MetaData(naming_convention=naming_convention)
    type_annotation_map = kept_as | {Facts: JSONB, list[list[str]]: JSONB}
