"""Events of enrolment that describe the hub and schools, first and again."""

from dataclasses import replace
from datetime import date
from typing import Any

from tests.reporting import factories as make

from hub_contracts.enrolment import HubDescribed, SchoolChanged, SchoolImported

SEPTEMBER = date(2025, 9, 1)


def hub(**others: Any) -> HubDescribed:
    """The hub's description: Cambridgeshire and Peterborough."""
    plain = HubDescribed(
        name="Cambridge Maths Hub",
        lead_school_urn="110001",
        area_la_codes=["873", "874"],
        area_district_codes=[],
        extra_urns=[],
        excluded_urns=[],
    )
    return replace(plain, **others)


def imported(urn: str, **others: Any) -> SchoolImported:
    """Return a school of Cambridgeshire from a register file of 1 September 2025."""
    return replace(make.school(urn), source_file_date=SEPTEMBER, **others)


def changed(school: SchoolImported, on: date | None, **others: Any) -> SchoolChanged:
    """Return the same school with other facts from the file of a day; these are the changed fields."""
    facts = vars(school) | {"source_file_date": on} | others
    return SchoolChanged(**facts, changed_fields=list(others))
