"""What every read model is made of.

Each table holds one kind of thing that events say about a subject, keyed by the hub that says it, and keeps
the highest revision. There are no foreign keys: what one event refers to may be heard of later.
"""

from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from hub_platform.database import kept_as, naming_convention


class Base(DeclarativeBase):
    """Every table of this service."""

    metadata = MetaData(naming_convention=naming_convention)
    type_annotation_map = kept_as


class Projected(Base):
    """What was heard from one hub, and the revision of the subject at which it was said.

    A read model that keeps every revision has `revision` in its key.
    """

    __abstract__ = True

    hub: Mapped[str] = mapped_column(primary_key=True, sort_order=-2)
    revision: Mapped[int] = mapped_column(sort_order=99)
