"""Releases are stored once, never changed, and compared with what the services are now."""

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from hub_contracts import released
from hub_contracts.released import releases
from hub_local.failures import CannotStart
from hub_local.releases import store
from hub_local.releases.__main__ import check, main
from hub_local.services import SERVICES

TODAY = date(2026, 11, 30)
OPERATION: dict[str, Any] = {"parameters": [], "responses": {"200": {"description": "Done"}}, "x-roles": []}
KITCHEN: dict[str, dict[str, Any]] = {"kitchen": {"paths": {"/kitchen/v1/kettles": {"get": OPERATION}}}}


def test_nothing_breaks_what_was_released(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--check"]) == 0
    assert capsys.readouterr().out == ""


def test_every_release_holds_all_services_events_and_samples() -> None:
    for release in releases(store.FOLDER):
        assert {path.stem for path in (release / "http").iterdir()} == {one.name for one in SERVICES}
        sampled = {path.name.split(".")[0] for path in (release / "samples").iterdir()}
        assert sampled == {path.name.split(".")[0] for path in (release / "events").iterdir()}
        assert json.loads((release / "release.json").read_text())["number"] == int(release.name)


def test_releases_are_numbered_in_order_and_unchanged(tmp_path: Path) -> None:
    assert [store.store(tmp_path, TODAY, KITCHEN).name for _ in range(2)] == ["0", "1"]
    assert check(tmp_path, TODAY, KITCHEN) == []


@pytest.mark.parametrize(
    ("name", "done"),
    [
        ("events/VisitLogged.1.json", "edited"),
        ("samples/VisitLogged.full.json", "edited"),
        ("http/kitchen.json", "edited"),
        ("transport.json", "deleted"),
        ("events/VisitDreamt.1.json", "added"),
    ],
)
def test_a_release_that_was_changed_is_named(tmp_path: Path, name: str, done: str) -> None:
    path = store.store(tmp_path, TODAY, KITCHEN) / name
    if done == "deleted":
        path.unlink()
    else:
        path.write_text(path.read_text() + "\n" if done == "edited" else "{}")
    assert store.changed(tmp_path) == [f"release 0: {name} was changed after the release"]
    assert check(tmp_path, TODAY, KITCHEN) == store.changed(tmp_path)


def test_a_release_without_its_sums_is_named(tmp_path: Path) -> None:
    (store.store(tmp_path, TODAY, KITCHEN) / "SHA256SUMS").unlink()
    assert "release 0: release.json was changed after the release" in store.changed(tmp_path)


def test_a_break_is_named_with_its_release(tmp_path: Path) -> None:
    store.store(tmp_path, TODAY, KITCHEN)
    store.store(tmp_path, TODAY, {"kitchen": {"paths": {}}})
    rule = "an operation stays until the day that its released description states"
    said = f"release 0: GET /kitchen/v1/kettles: removed ({rule})"
    assert store.broken(tmp_path, TODAY, {"kitchen": {"paths": {}}}) == [said]
    assert store.broken(tmp_path, TODAY, {})[0] == "release 0: kitchen: the service was removed"


def test_a_break_is_not_stored(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store.store(tmp_path, TODAY, {"visits": {"paths": {"/visits/v1/kettles": {"get": OPERATION}}}})
    assert main(["--store", "--folder", str(tmp_path)]) == 1
    assert "GET /visits/v1/kettles: removed" in capsys.readouterr().out
    assert [release.name for release in releases(tmp_path)] == ["0"]


def test_a_folder_without_a_release_is_no_release_kept(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--check", "--folder", str(tmp_path)]) == 1
    assert f"{tmp_path} holds no release" in capsys.readouterr().out


@pytest.mark.parametrize(("days", "stored"), [(89, False), (90, True)])
def test_a_release_announces_an_end_90_days_ahead(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, days: int, stored: bool
) -> None:
    name, until = "events/VisitLogged.1.json", (TODAY + timedelta(days)).isoformat()
    files = released.files()
    ending = {**files, name: json.dumps(json.loads(files[name]) | {"x-published-until": until})}
    monkeypatch.setattr(released, "files", lambda: ending)
    if stored:
        store.store(tmp_path, TODAY, KITCHEN)
        store.store(tmp_path, TODAY + timedelta(30), KITCHEN)  # announced by the release before
    else:
        with pytest.raises(CannotStart, match=f"{name} ends on {until}: a release announces an end"):
            store.store(tmp_path, TODAY, KITCHEN)
        assert releases(tmp_path) == []
