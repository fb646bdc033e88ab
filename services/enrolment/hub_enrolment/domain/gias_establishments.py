"""The establishments file of GIAS (`edubasealldata`): one row for each school.

Heads' names and telephone numbers stand in the public file too; they are not read.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from hub_enrolment.domain.gias_codes import (
    KNOWN_TYPES,
    PHASE_NOT_APPLICABLE,
    PHASES,
    STATUSES,
    is_eligible,
    phase_of,
)
from hub_enrolment.domain.gias_file import NO_CODE, FileRefused, Finding, Row, Table

URN: Final = re.compile(r"[1-9][0-9]{4,5}")

COLUMNS: Final = (
    "URN",
    "LA (code)",
    "LA (name)",
    "EstablishmentNumber",
    "EstablishmentName",
    "TypeOfEstablishment (code)",
    "EstablishmentTypeGroup (code)",
    "EstablishmentStatus (code)",
    "OpenDate",
    "CloseDate",
    "PhaseOfEducation (code)",
    "StatutoryLowAge",
    "StatutoryHighAge",
    "NumberOfPupils",
    "PercentageFSM",
    "Trusts (code)",
    "Trusts (name)",
    "UKPRN",
    "LastChangedDate",
    "Postcode",
    "DistrictAdministrative (code)",
    "DistrictAdministrative (name)",
    "Easting",
    "Northing",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Establishment:
    """What we keep of a school from the register."""

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
    trust_uid: str | None  # the identity of a trust; its name has variants
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
    """A file that can be imported."""

    rows: list[Establishment]
    row_of: Mapping[str, int]  # in which row a URN stands
    findings: list[Finding]


def read_establishments(table: Table) -> EstablishmentsFile:
    """Read every school of the file.

    Raises:
        FileRefused: `column_missing`, `row_broken`, `urn_repeated`; the first of them names the refusal.
    """
    problems: list[Finding] = []
    findings: list[Finding] = []
    read: dict[str, tuple[int, Establishment]] = {}
    for row in table.rows(COLUMNS, problems, findings):
        check_urn(row, "URN")
        school = _establishment(row)
        if row.urn in read:
            row.break_("URN", f"{row.urn} stands in row {read[row.urn][0]} already", "urn_repeated")
        read[row.urn] = (row.number, school)
    if problems:
        raise FileRefused(problems)
    return EstablishmentsFile(
        [school for _, school in read.values()], {urn: row for urn, (row, _) in read.items()}, findings
    )


def check_urn(row: Row, column: str) -> str:
    """The URN in a cell."""
    text = row.cells[column].strip()
    if not URN.fullmatch(text):
        row.break_(column, f"“{text[:40]}” is not a URN of five or six digits")
    return text


def _establishment(row: Row) -> Establishment:
    la_code = row.code("LA (code)")
    if la_code > 999:
        row.break_("LA (code)", f"{la_code} has more than three digits")
    number = row.whole_number_or_none("EstablishmentNumber")
    type_code = row.code("TypeOfEstablishment (code)")
    if type_code not in KNOWN_TYPES:
        row.find("TypeOfEstablishment (code)", "unknown_type", f"type {type_code} is not known: not eligible")
    trust_uid = row.text("Trusts (code)") and str(row.code("Trusts (code)"))
    return Establishment(
        urn=row.urn,
        name=row.name("EstablishmentName"),
        laestab=None if number is None else la_code * 10_000 + number,
        la_code=f"{la_code:03}",
        la_name=row.name("LA (name)"),
        district_code=row.text("DistrictAdministrative (code)"),
        district_name=row.text("DistrictAdministrative (name)"),
        phase=_phase(row),
        type_code=type_code,
        type_group=row.code("EstablishmentTypeGroup (code)"),
        eligible=is_eligible(type_code),
        status=_status(row),
        open_date=row.day("OpenDate"),
        close_date=row.day("CloseDate"),
        trust_uid=trust_uid,
        trust_name=row.text("Trusts (name)") if trust_uid else None,
        pupils=row.whole_number_or_none("NumberOfPupils"),
        fsm_percent=_percent(row),
        ukprn=row.text("UKPRN"),
        postcode=row.text("Postcode"),
        easting=row.whole_number_or_none("Easting"),
        northing=row.whole_number_or_none("Northing"),
        last_changed=row.day("LastChangedDate"),
    )


def _phase(row: Row) -> str:
    column = "PhaseOfEducation (code)"
    code = row.code(column) if row.text(column) else None
    if code not in PHASES and code != PHASE_NOT_APPLICABLE:
        row.find(column, "unknown_phase", "the phase is not known")
    return phase_of(
        code, row.whole_number_or_none("StatutoryLowAge"), row.whole_number_or_none("StatutoryHighAge")
    )


def _status(row: Row) -> str:
    column = "EstablishmentStatus (code)"
    code = row.code(column)
    if code not in STATUSES:
        if code != NO_CODE:
            row.break_(column, f"status {code} is not one of 1 to 4")
        return ""
    if STATUSES[code] == "closed" and not row.text("CloseDate"):
        row.find("CloseDate", "no_close_date", "the school is closed but no date is given")
    return STATUSES[code]


def _percent(row: Row) -> float | None:
    percent = row.number_or_none("PercentageFSM")
    if percent is not None and percent > 100:
        row.find("PercentageFSM", "not_a_number", "more than 100 % was left out")
        return None
    return percent
