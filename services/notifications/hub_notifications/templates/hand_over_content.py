"""What the words about schools that change hands are given."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from hub_notifications.domain.kinds import Kind
from hub_notifications.templates.content import Content


@dataclass(frozen=True, kw_only=True)
class LedSchool:
    """A school that a PD lead takes over or gives up."""

    name: str
    urn: str
    day: date  # the first or the last one


@dataclass(frozen=True, kw_only=True)
class LedVisit:
    """A planned visit that a PD lead takes over or gives up."""

    school_name: str
    planned_at: datetime  # in England's time
    visit_kind: str


@dataclass(frozen=True, kw_only=True)
class SchoolsHandedOver(Content):
    """To a PD lead, when schools or their planned visits change hands."""

    kind: ClassVar[Kind] = Kind.SCHOOLS_HANDED_OVER
    taken_over: tuple[LedSchool, ...] = ()  # each from its day on
    given_up: tuple[LedSchool, ...] = ()  # each until its day
    gained: tuple[LedVisit, ...] = ()
    lost: tuple[LedVisit, ...] = ()
