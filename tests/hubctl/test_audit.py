"""`hubctl audit export`: the audits of all services in the order of time, as CSV and as JSON lines."""

import csv
import io
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.hubctl.conftest import Keeper, hubctl

from hub_platform import audit
from hub_platform.access import Actor, named_in_log
from hub_platform.audit import DONE, REFUSED, Entry

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)
ADA, EVE = "01920000-0000-7000-8000-000000000001", "01920000-0000-7000-8000-000000000002"


def write(keeper: Keeper, minutes: float, **facts: Any) -> None:
    usual: dict[str, Any] = {
        "account": "grace",
        "roles": frozenset({"hub_lead", "hub_admin"}),
        "method": "GET",
        "route": "/teachers",
        "subjects": {"teacher_id": [ADA, EVE], "urn": ["110623"]},
        "outcome": DONE,
        "status": 200,
        "address": "203.0.113.7",
        "correlation_id": "r-1",
    }
    with keeper.database.begin() as session:
        audit.write(session, Entry(**usual | facts), now=NOON + timedelta(minutes=minutes))


def export(*arguments: str) -> list[Mapping[str, Any]]:
    said = hubctl("audit", "export", "--json", *arguments)
    assert said.code == (0 if said.out else 1), said.err
    return [json.loads(line) for line in said.out.splitlines()]


def accounts(*arguments: str) -> list[str]:
    return [row["account"] for row in export(*arguments)]


def test_services_are_merged_in_the_order_of_time(visits: Keeper, reporting: Keeper) -> None:
    for keeper, minutes in ((visits, 3), (reporting, 2), (reporting, 4), (visits, 1)):
        write(keeper, minutes, account=f"{minutes}")
    rows = export()
    assert [row["account"] for row in rows] == ["1", "2", "3", "4"]
    assert [row["service"] for row in rows] == ["visits", "reporting", "visits", "reporting"]
    assert accounts("--service", "visits") == ["1", "3"]


def test_a_row_has_everything_that_was_written(visits: Keeper) -> None:
    write(visits, 0, code=None)
    (row,) = export()
    assert row == {
        "service": "visits",
        "id": row["id"],
        "at": "2026-11-30T12:00:00+00:00",
        "account": "grace",
        "roles": ["hub_admin", "hub_lead"],
        "method": "GET",
        "route": "/teachers",
        "subjects": {"teacher_id": [ADA, EVE], "urn": ["110623"]},
        "outcome": "done",
        "status": 200,
        "code": None,
        "address": "203.0.113.7",
        "correlation_id": "r-1",
    }


def test_a_spreadsheet_runs_nothing_of_it(visits: Keeper) -> None:
    write(visits, 0, account="=1+1", method="RPC", status=None, address=None)
    said = hubctl("audit", "export")
    assert said.out.startswith("\ufeff")
    (row,) = csv.DictReader(io.StringIO(said.out.removeprefix("\ufeff")))
    assert (row["account"], row["roles"], row["status"]) == ("'=1+1", "hub_admin hub_lead", "")
    assert row["subjects"] == f"urn:110623 teacher_id:{ADA} teacher_id:{EVE}"


def test_rows_are_chosen_by_account_subject_route_and_outcome(visits: Keeper) -> None:
    write(visits, 1, account="ada")
    digest = named_in_log(Actor("ada@school.example"))
    write(visits, 2, account=digest)
    write(visits, 3, subjects={"teacher_id": [EVE]}, outcome=REFUSED)
    write(visits, 4, route="/a%b", subjects={})
    assert accounts("--account", "ada") == ["ada"]
    assert accounts("--account", "ada@school.example") == [digest]
    assert accounts("--subject", ADA) == ["ada", digest]
    assert accounts("--subject", EVE) == ["ada", digest, "grace"]
    assert accounts("--subject", "110623") == ["ada", digest]
    assert accounts("--subject", "teacher_id") == []
    assert len(accounts("--route", "%")) == 1
    assert accounts("--outcome", "refused", "--route", "teach") == ["grace"]


def test_a_day_is_englands_and_an_instant_is_as_it_is_given(visits: Keeper) -> None:
    for hours in (-12, 0, 12):  # midnight at its start, noon, midnight at its end
        write(visits, 60 * hours, account=str(hours))
    assert accounts("--from", "2026-11-30", "--to", "2026-11-30") == ["-12", "0"]
    assert accounts("--from", "2026-11-30T12:00:00Z") == ["0", "12"]
    assert accounts("--to", "2026-11-30T13:00:00+01:00") == ["-12"]
    assert accounts("--from", "2026-12-02") == []


@pytest.mark.parametrize("given", ["yesterday", "2026-11-31", "2026-11-30T12:00:00", "0001-01-01x"])
@pytest.mark.usefixtures("visits")
def test_what_is_no_time_is_said(given: str) -> None:
    for option in ("--from", "--to"):
        said = hubctl("audit", "export", option, given)
        assert (said.code, "is neither a day" in said.err) == (2, True)


@pytest.mark.usefixtures("visits")
def test_an_outcome_that_is_none_is_said() -> None:
    said = hubctl("audit", "export", "--outcome", "lost")
    assert (said.code, "There is no outcome 'lost'" in said.err) == (2, True)


def test_a_file_is_written_whole_and_for_its_owner_alone(visits: Keeper, tmp_path: Path) -> None:
    for minutes in range(1, 1202):
        write(visits, minutes)
    path = tmp_path / "audit.csv"
    said = hubctl("audit", "export", "-o", str(path))
    assert said.out == f"1,201 entries were written to {path}.\n"
    assert path.stat().st_mode & 0o777 == 0o600
    with path.open(encoding="utf-8-sig", newline="") as file:
        assert len(list(csv.DictReader(file))) == 1201
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_cannot_be_written_is_said(visits: Keeper, tmp_path: Path) -> None:
    write(visits, 0)
    said = hubctl("audit", "export", "-o", str(tmp_path / "no" / "audit.csv"))
    assert (said.code, "cannot be written" in said.err) == (2, True)


@pytest.mark.usefixtures("visits")
def test_an_empty_export_has_a_header_and_exit_code_1() -> None:
    said = hubctl("audit", "export")
    assert (said.code, said.out.count("\n")) == (1, 1)
