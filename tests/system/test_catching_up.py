"""Reporting may be away, and a day may be loaded twice: the figures are the same."""

import json
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.support.cloudevents_sdks import messages_of_log, refused
from tests.system.conftest import Office, open_office

from hub_demo import Part, Target, load, send, wait_for_figures
from hub_local.places import ROOT
from hub_local.services import SERVICES

pytestmark = pytest.mark.servers

TODAY = date(2026, 11, 29)
# The first month of last year, in which most kinds of commands are; reporting is away for half of it.
PRESENT_UNTIL, UNTIL = date(2025, 9, 9), date(2025, 10, 3)
SWITCH = ("--by", "tester", "--why", "to compare")
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
    """Return the response of every report by its name."""
    year = {"from": "2025-09-01", "to": "2026-08-31", "as_at": UNTIL.isoformat()}
    reports = {name: office.report(name, **year) for name in REPORTS}
    compared = ("n", "N", "rate", "figures")
    return {name: {key: report.get(key) for key in compared} for name, report in reports.items()}


def test_reporting_catches_up_and_a_month_loaded_twice_changes_nothing(tmp_path: Path) -> None:
    with open_office(tmp_path) as office:
        fleet, token = office.hub.fleet, office.hub.token
        send(Target(fleet.addresses, token()), TODAY, Part(until=PRESENT_UNTIL))
        office.settle()
        fleet.stop("reporting")
        sent = send(Target(fleet.addresses, token()), TODAY, Part(until=UNTIL))
        fleet.start("reporting")
        fleet.require_ready("reporting")
        figures = wait_for_figures(Target(fleet.addresses, token()), sent.last)
        caught_up = told(office)
        assert figures.connected_schools > 0
        assert figures.engagement.n > 0
        assert figures.parked == office.parked() == 0
        recorded = office.metric("enrolment", "hub_outbox_recorded_total")
        assert load(Target(fleet.addresses, token()), TODAY, Part(until=UNTIL)) == figures
        assert office.metric("enrolment", "hub_outbox_recorded_total") == recorded
        assert told(office) == caught_up
        messages = messages_of_log(office.hub.broker.uris["reporting"], "reporting")
        assert len(messages) > recorded
        assert refused(messages) == {}  # by the official CloudEvents SDKs

        assert differences(rebuilt(office)) == {}
        assert told(office) == caught_up


def rebuilt(office: Office) -> dict[str, Any]:
    """Let reporting make its tables from the whole log, as one that was never away would have them."""
    fleet = office.hub.fleet
    (reporting,) = (service for service in SERVICES if service.name == "reporting")
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", reporting.package, "rebuild", "--json", *SWITCH],
        env=fleet.environment(reporting),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:]
    said: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])["result"]
    assert said["switched"]
    assert said["read"] > 0
    return said


def differences(rebuilt: dict[str, Any]) -> dict[str, Any]:
    """The tables in which the new rows are not those that were there."""
    return {one["table"]: one for one in rebuilt["compared"] if one["only_live"] or one["only_new"]}
