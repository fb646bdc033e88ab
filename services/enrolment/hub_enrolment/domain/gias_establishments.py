"""A school as the establishments file of GIAS (`edubasealldata`) describes it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from hub_enrolment.domain.findings import Finding

URN: Final = re.compile(r"[1-9][0-9]{4,5}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Establishment:
    """The stored facts of a school from the register."""

    urn: str
    name: str
    laestab: int | None  # local authority and establishment number; usually survives an academy conversion
    la_code: str  # three digits
    la_name: str
    district_code: str | None
    district_name: str | None
    phase: str
    type_code: int
    type_group: int
    eligible: bool
    status: str
    open_date: date | None
    close_date: date | None
    trust_uid: str | None  # the GIAS group UID; a trust's name has variants
    trust_name: str | None
    pupils: int | None
    fsm_percent: float | None
    ukprn: str | None
    postcode: str | None
    easting: int | None  # OSGB36, metres
    northing: int | None
    last_changed: date | None


@dataclass(frozen=True)
class EstablishmentsFile:
    """A valid file."""

    rows: list[Establishment]
    row_of: Mapping[str, int]  # the row of each URN
    findings: list[Finding]
