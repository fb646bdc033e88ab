"""The establishments file of GIAS (`edubasealldata`): one row for each school.

The public file also has head teachers' names and telephone numbers; they are not read.
"""

from typing import Final

from hub_contracts.vocabulary import SchoolStatus
from hub_enrolment.domain.findings import FileRefused, Finding
from hub_enrolment.domain.gias_codes import (
    KNOWN_TYPES,
    PHASE_NOT_APPLICABLE,
    PHASES,
    STATUSES,
    is_eligible,
    phase_of,
)
from hub_enrolment.domain.gias_establishments import URN, Establishment, EstablishmentsFile
from hub_enrolment.files.tables import NO_CODE, Row, Table

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


def read_establishments(table: Table) -> EstablishmentsFile:
    """Return the schools of a file.

    Raises:
        FileRefused: `column_missing`, `row_broken`, `urn_repeated`; the code is that of the first problem.
    """
    problems: list[Finding] = []
    findings: list[Finding] = []
    read: dict[str, tuple[int, Establishment]] = {}
    for row in table.rows(COLUMNS, problems, findings):
        check_urn(row, "URN")
        school = _establishment(row)
        if row.urn in read:
            row.break_("URN", f"{row.urn} is in row {read[row.urn][0]} already", "urn_repeated")
        read[row.urn] = (row.number, school)
    if problems:
        raise FileRefused(problems)
    return EstablishmentsFile(
        [school for _, school in read.values()], {urn: row for urn, (row, _) in read.items()}, findings
    )


def check_urn(row: Row, column: str) -> str:
    """Return the URN in a cell; note a problem if it is none."""
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
        row.find(
            "TypeOfEstablishment (code)",
            "unknown_type",
            f"type {type_code} is unknown, so the school is not eligible",
        )
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
        row.find(column, "unknown_phase", "the phase is unknown")
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
    if STATUSES[code] == SchoolStatus.CLOSED and not row.text("CloseDate"):
        row.find("CloseDate", "no_close_date", "the school is closed but no date is given")
    return STATUSES[code]


def _percent(row: Row) -> float | None:
    percent = row.number_or_none("PercentageFSM")
    if percent is not None and percent > 100:
        row.find("PercentageFSM", "not_a_number", "a percentage above 100 was left out")
        return None
    return percent
