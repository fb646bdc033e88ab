"""The published facts of schools: from the register's files, with trust and company."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import TypedDict

from hub_contracts.enrolment import SchoolChanged
from hub_contracts.vocabulary import Phase, SchoolStatus
from hub_enrolment.domain.gias_establishments import Establishment
from hub_enrolment.steps.import_counts import Run
from hub_enrolment.store import imports as import_store
from hub_enrolment.store import trusts as trust_store
from hub_enrolment.store.inserts import chunks
from hub_messaging import outbox


class SchoolFacts(TypedDict):
    """The fields that events about a school's entry in the register share."""

    urn: str
    name: str
    la_code: str
    la_name: str
    district_code: str | None
    district_name: str | None
    phase: Phase
    type_code: int
    type_group: int
    eligible: bool
    status: SchoolStatus
    trust_uid: str | None
    trust_name: str | None
    trust_since: date | None
    companies_house: str | None
    easting: int | None
    northing: int | None
    pupils: int | None
    fsm_percent: float | None
    open_date: date | None
    close_date: date | None
    source_file_date: date | None


def facts(
    school: Establishment, file_date: date | None, trust_since: date | None, companies_house: str | None
) -> SchoolFacts:
    """Return the published facts of a school as the register describes it."""
    return {
        "urn": school.urn,
        "name": school.name,
        "la_code": school.la_code,
        "la_name": school.la_name,
        "district_code": school.district_code,
        "district_name": school.district_name,
        "phase": Phase(school.phase),
        "type_code": school.type_code,
        "type_group": school.type_group,
        "eligible": school.eligible,
        "status": SchoolStatus(school.status),
        "trust_uid": school.trust_uid,
        "trust_name": school.trust_name,
        "trust_since": trust_since,
        "companies_house": companies_house,
        "easting": school.easting,
        "northing": school.northing,
        "pupils": school.pupils,
        "fsm_percent": school.fsm_percent,
        "open_date": school.open_date,
        "close_date": school.close_date,
        "source_file_date": file_date,
    }


def facts_of_each(
    run: Run, schools: Iterable[Establishment], companies: Mapping[str, str]
) -> Iterator[SchoolFacts]:
    """Yield the facts of many schools, with their trusts as they are stored now.

    Args:
        run: the import.
        schools: as the register describes them.
        companies: trust UID → Companies House number.
    """
    for part in chunks(schools):
        since = trust_store.present_since(run.session, [school.urn for school in part])
        for school in part:
            yield facts(school, run.file_date, since.get(school.urn), companies.get(school.trust_uid or ""))


def record_trust_change(run: Run, urns: Iterable[str], field: str) -> None:
    """Publish a change of the trust's details for each of these schools.

    Args:
        run: the import.
        urns: the schools concerned, up to the whole register.
        field: trust_since or companies_house.
    """
    companies = trust_store.companies(run.session)
    for part in chunks(urns):
        schools = import_store.stored(run.session, part)
        described = facts_of_each(run, (schools[urn] for urn in part), companies)
        events = [SchoolChanged(**one, changed_fields=[field]) for one in described]
        outbox.record_all(run.session, events, occurred_at=run.now, by=run.by)
