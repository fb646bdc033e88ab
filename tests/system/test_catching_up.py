"""Reporting may be away, and a day may be loaded twice: the figures are the same."""

from datetime import date
from pathlib import Path

import pytest
from tests.system.conftest import Office, open_office

from local.demonstration import load
from local.demonstration.loading import part_of
from local.demonstration.play import Player
from local.demonstration.year import SEED, plan_year

pytestmark = pytest.mark.servers

UNTIL = date(2025, 10, 3)  # the first month of the demonstration year: every kind of command is in it
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
    return {
        name: {key: report.get(key) for key in ("n", "N", "rate", "figures")}
        for name, report in reports.items()
    }


def send(office: Office) -> None:
    """Send the month without looking whether it arrives."""
    player = Player(office.hub.fleet.addresses, office.hub.token(), SEED)
    player.play(part_of(plan_year(), UNTIL, None), lambda _left: None)


def test_reporting_catches_up_and_a_month_loaded_twice_changes_nothing(tmp_path: Path) -> None:
    with open_office(tmp_path / "present") as office:
        figures = load(office.hub.fleet.addresses, office.hub.token(), until=UNTIL)
        assert figures.connected_schools > 0
        assert figures.engagement.n > 0
        assert figures.parked == 0
        expected = told(office)
        recorded = office.metric("enrolment", "hub_outbox_recorded_total")
        assert load(office.hub.fleet.addresses, office.hub.token(), until=UNTIL) == figures
        assert told(office) == expected
        assert office.metric("enrolment", "hub_outbox_recorded_total") == recorded

    with open_office(tmp_path / "away") as office:
        office.hub.fleet.stop("reporting")
        send(office)
        office.hub.fleet.start("reporting")
        office.hub.fleet.require_ready("reporting")
        office.settle()
        assert told(office) == expected
        assert office.parked() == 0
