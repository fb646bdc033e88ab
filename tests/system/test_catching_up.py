"""Reporting may be away, and a day may be loaded twice: the figures are the same."""

from datetime import date
from pathlib import Path

import pytest
from tests.system.conftest import Office, open_office

from local.demonstration import load

pytestmark = pytest.mark.servers

UNTIL = date(2025, 10, 3)  # a month of the demonstration year holds every kind of command
REPORTS = (
    "connected-schools",
    "engagement",
    "work-group-composition",
    "visit-compliance",
    "leadership-spread",
    "intensive-support-coverage",
)


def figures(office: Office) -> dict[str, object]:
    """What every report says, without what time or chance gives (ids)."""
    year = {"from": "2025-09-01", "to": "2026-08-31", "as_at": "2025-10-31"}
    return {name: told(office.report(name, **year)) for name in REPORTS}


def told(report: dict[str, object]) -> dict[str, object]:
    return {key: report.get(key) for key in ("n", "N", "rate", "figures")}


def play(office: Office, **options: object) -> None:
    load(office.hub.fleet.addresses, office.hub.token(), None, **options)  # type: ignore[arg-type]


def test_reporting_catches_up_and_a_day_loaded_twice_changes_nothing(tmp_path: Path) -> None:
    with open_office(tmp_path / "present") as office:
        play(office, until=UNTIL)
        office.settle()
        expected = figures(office)
        recorded = office.metric("enrolment", "hub_outbox_recorded_total")
        play(office, until=UNTIL)
        office.settle()
        assert figures(office) == expected
        assert office.metric("enrolment", "hub_outbox_recorded_total") == recorded
        assert office.parked() == 0

    with open_office(tmp_path / "away") as office:
        office.hub.fleet.stop("reporting")
        play(office, until=UNTIL)
        office.hub.fleet.start("reporting")
        office.hub.fleet.require_ready("reporting")
        office.settle()
        assert figures(office) == expected
        assert office.parked() == 0
