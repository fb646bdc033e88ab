"""Files of invented schools in the format of GIAS: 139 columns, Windows-1252, CRLF, all fields quoted."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from hub_demo.dates.school_years import THURSDAY, SchoolYear
from hub_demo.register.columns import COLUMNS, LINK_COLUMNS
from hub_demo.register.schools import CHURCH_TYPES, KINDS, STATUS_NAMES, TYPES, Link, School

ENCODING = "cp1252"
NOT_APPLICABLE = "Not applicable"

# Values that all schools share. Columns that are neither here nor in `_row` stay empty, like most in GIAS.
# Heads and telephone numbers are empty on purpose, as they would be personal data.
SAME_FOR_ALL = {
    "Boarders (code)": "1",
    "Boarders (name)": "No boarders",
    "Gender (code)": "3",
    "Gender (name)": "Mixed",
    "Diocese (code)": "0",
    "Diocese (name)": NOT_APPLICABLE,
    "AdmissionsPolicy (code)": "0",
    "AdmissionsPolicy (name)": NOT_APPLICABLE,
    "SpecialClasses (code)": "2",
    "SpecialClasses (name)": "No Special Classes",
    "SchoolSponsorFlag (name)": NOT_APPLICABLE,
    "FederationFlag (name)": "Not under a federation",
    "FurtherEducationType (name)": NOT_APPLICABLE,
    "BSOInspectorateName (name)": NOT_APPLICABLE,
    "TeenMoth (name)": NOT_APPLICABLE,
    "CCF (name)": NOT_APPLICABLE,
    "SENPRU (name)": NOT_APPLICABLE,
    "EBD (name)": NOT_APPLICABLE,
    "EdByOther (name)": NOT_APPLICABLE,
    "Section41Approved (name)": NOT_APPLICABLE,
    "GOR (code)": "G",
    "GOR (name)": "East of England",
    "Country (name)": "United Kingdom",
}


def register_csv(schools: Iterable[School], year: SchoolYear) -> bytes:
    """Return the establishments file of an academic year; pupils were counted in the January before it."""
    census = {"CensusDate": _date(year.before.half_term(3).day(2, THURSDAY))}
    return _written(COLUMNS, (census | _row(school) for school in sorted(schools, key=lambda s: s.urn)))


def links_csv(links: Iterable[Link]) -> bytes:
    """Return the links file."""
    rows = (
        dict(zip(LINK_COLUMNS, (x.urn, x.other, x.other_name, x.kind, _date(x.on)), strict=True))
        for x in sorted(links, key=lambda x: (x.urn, x.other))
    )
    return _written(LINK_COLUMNS, rows)


def _written(columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="", quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode(ENCODING)


def _row(school: School) -> dict[str, str]:
    return (
        SAME_FOR_ALL | _identity(school) | _life(school) | _pupils(school) | _trust(school) | _place(school)
    )


def _identity(school: School) -> dict[str, str]:
    type_name, group, group_name = TYPES[school.type_code]
    phase, phase_name, low, high = KINDS[school.kind]
    church = school.type_code in CHURCH_TYPES
    return {
        "URN": school.urn,
        "LA (code)": school.la_code,
        "LA (name)": school.district.authority.name,
        "EstablishmentNumber": str(school.number),
        "EstablishmentName": school.name,
        "TypeOfEstablishment (code)": str(school.type_code),
        "TypeOfEstablishment (name)": type_name,
        "EstablishmentTypeGroup (code)": str(group),
        "EstablishmentTypeGroup (name)": group_name,
        "PhaseOfEducation (code)": str(phase),
        "PhaseOfEducation (name)": phase_name,
        "StatutoryLowAge": str(low),
        "StatutoryHighAge": str(high),
        "ReligiousCharacter (code)": "2" if church else "0",
        "ReligiousCharacter (name)": "Church of England" if church else "Does not apply",
        "ReligiousEthos (name)": "Does not apply",
        "SchoolWebsite": f"www.school{school.urn}.example.org",
    }


def _life(school: School) -> dict[str, str]:
    return {
        "EstablishmentStatus (code)": str(school.status),
        "EstablishmentStatus (name)": STATUS_NAMES[school.status],
        "ReasonEstablishmentOpened (code)": str(school.opened_because[0]),
        "ReasonEstablishmentOpened (name)": school.opened_because[1],
        "OpenDate": _date(school.opened_on),
        "ReasonEstablishmentClosed (code)": str(school.closed_because[0]),
        "ReasonEstablishmentClosed (name)": school.closed_because[1],
        "CloseDate": _date(school.closed_on),
        "LastChangedDate": _date(school.changed_on),
    }


def _pupils(school: School) -> dict[str, str]:
    sixth_form = school.kind in {"post16", "all_through"}
    nursery = school.kind == "nursery" or "Nursery" in school.name
    return {
        "SchoolCapacity": str(round(school.pupils * 1.1) + 5),
        "NumberOfPupils": str(school.pupils),
        "NumberOfBoys": str(school.pupils - school.girls),
        "NumberOfGirls": str(school.girls),
        "PercentageFSM": f"{school.fsm_percent:.1f}",
        "NurseryProvision (name)": "Has Nursery Classes" if nursery else "No Nursery Classes",
        "OfficialSixthForm (code)": "1" if sixth_form else "2",
        "OfficialSixthForm (name)": "Has a sixth form" if sixth_form else "Does not have a sixth form",
    }


def _trust(school: School) -> dict[str, str]:
    if school.trust is None:
        return {"TrustSchoolFlag (code)": "0", "TrustSchoolFlag (name)": NOT_APPLICABLE}
    return {
        "TrustSchoolFlag (code)": "3",
        "TrustSchoolFlag (name)": "Supported by a multi-academy trust",
        "Trusts (code)": school.trust.uid,
        "Trusts (name)": school.trust.name,
    }


def _place(school: School) -> dict[str, str]:
    return {
        "Street": school.street,
        "Town": school.town.name,
        "County (name)": school.district.authority.county,
        "Postcode": school.postcode,
        "DistrictAdministrative (code)": school.district.code,
        "DistrictAdministrative (name)": school.district.name,
        "GSSLACode (name)": school.district.authority.gss_code,
        "Easting": str(school.easting),
        "Northing": str(school.northing),
    }


def _date(day: date | None) -> str:
    return day.strftime("%d-%m-%Y") if day else ""
