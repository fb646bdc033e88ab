"""Reporting may be away, and a day may be loaded twice: the figures are the same."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.system.conftest import Office, open_office

from local.demonstration import load, send

pytestmark = pytest.mark.servers

TODAY = date(2026, 11, 29)
UNTIL = date(2025, 10, 3)  # the first month of last year: every kind of command is in it
REPORTS = (
    "connected-schools",
    "engagement",
    "work-group-composition",
    "work-group-lead-schools",
    "visit-compliance",
    "leadership-spread",
    "intensive-support-coverage",
)


def told(office: Office) -> dict[str, object]:
    """What every report says."""
    year = {"from": "2025-09-01", "to": "2026-08-31", "as_at": "2025-10-31"}
    reports = {name: office.report(name, **year) for name in REPORTS}
    compared = ("n", "N", "rate", "figures")
    return {name: without_ids({key: report.get(key) for key in compared}) for name, report in reports.items()}


def without_ids(value: Any) -> Any:
    """Another hub gives other ids to the same things."""
    if isinstance(value, dict):
        return {key: without_ids(inner) for key, inner in value.items() if not key.endswith("_id")}
    return [without_ids(inner) for inner in value] if isinstance(value, list) else value


def test_reporting_catches_up_and_a_month_loaded_twice_changes_nothing(tmp_path: Path) -> None:
    with open_office(tmp_path / "present") as office:
        figures = load(office.hub.fleet.addresses, office.hub.token(), today=TODAY, until=UNTIL)
        assert figures.connected_schools > 0
        assert figures.engagement.n > 0
        assert figures.parked == 0
        expected = told(office)
        recorded = office.metric("enrolment", "hub_outbox_recorded_total")
        assert load(office.hub.fleet.addresses, office.hub.token(), today=TODAY, until=UNTIL) == figures
        assert told(office) == expected
        assert office.metric("enrolment", "hub_outbox_recorded_total") == recorded

    with open_office(tmp_path / "away") as office:
        office.hub.fleet.stop("reporting")
        send(office.hub.fleet.addresses, office.hub.token(), today=TODAY, until=UNTIL)
        office.hub.fleet.start("reporting")
        office.hub.fleet.require_ready("reporting")
        office.settle()
        assert told(office) == expected
        assert office.parked() == 0
