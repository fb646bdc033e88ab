"""Base classes of the read models.

A table stores one kind of fact about a subject at its highest revision, keyed by the hub that published it.
There are no foreign keys: an event may refer to a subject whose own event arrives later.
"""

from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedAsDataclass, mapped_column

from hub_platform.database import kept_as, naming_convention


class Base(DeclarativeBase):
    """Every table of this service."""

    metadata = MetaData(naming_convention=naming_convention)
    type_annotation_map = kept_as


class Projected(MappedAsDataclass, Base, kw_only=True, eq=False, repr=False):
    """A read model; its constructor has the columns that a projection takes from an event.

    `hub` and `revision` come from the event's envelope and are added by `handlers.projections`.
    A read model that stores every revision has `revision` in its key.
    """

    __abstract__ = True

    hub: Mapped[str] = mapped_column(primary_key=True, sort_order=-2, init=False)
    revision: Mapped[int] = mapped_column(sort_order=99, init=False)
