"""The data that the template about handed-over schools may use."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from hub_notifications.domain.kinds import Kind
from hub_notifications.templates.content import Content


@dataclass(frozen=True, kw_only=True)
class LedSchool:
    """A school that is handed over to or from a PD lead."""

    name: str
    urn: str
    day: date  # the PD lead's first or last day


@dataclass(frozen=True, kw_only=True)
class LedVisit:
    """A planned visit that is handed over to or from a PD lead."""

    school_name: str
    planned_at: datetime  # in England's time
    visit_kind: str


@dataclass(frozen=True, kw_only=True)
class SchoolsHandedOver(Content):
    """To a PD lead, when schools or planned visits are handed over to or from them."""

    kind: ClassVar[Kind] = Kind.SCHOOLS_HANDED_OVER
    taken_over: tuple[LedSchool, ...] = ()  # each from its day on
    given_up: tuple[LedSchool, ...] = ()  # each until its day
    gained: tuple[LedVisit, ...] = ()
    lost: tuple[LedVisit, ...] = ()
