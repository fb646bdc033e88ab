"""Where `hubctl` looks for databases, and what it says when there are none."""

import json
import stat
from pathlib import Path

import pytest
from tests.hubctl.conftest import Keeper, hubctl

from hub_local import services
from hub_local.places import LOCAL, Places
from hub_local.services import Connections
from hubctl.places import CONNECTIONS, SERVICES, WrongUse, find_hub

NOWHERE = "postgresql+psycopg2://user:secret@127.0.0.1:1/none"  # pragma: allowlist secret


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for service in SERVICES:
        monkeypatch.delenv(f"HUB_{service.upper()}_DATABASE_URL", raising=False)


def test_the_services_are_those_that_the_hub_runs_and_its_file_is_where_it_writes_it() -> None:
    assert set(SERVICES) == {service.name for service in services.SERVICES}
    assert LOCAL.connections == CONNECTIONS


def test_the_environment_names_databases_and_files_that_hold_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "url").write_text("postgresql://from-a-file\n")
    monkeypatch.setenv("HUB_VISITS_DATABASE_URL", "postgresql://visits")
    monkeypatch.setenv("HUB_REPORTING_DATABASE_URL_FILE", str(tmp_path / "url"))
    monkeypatch.setenv("HUB_REPORTING_AMQP_URI", "amqp://reporting")
    monkeypatch.setenv("HUB_ID", "fens")
    hub = find_hub(tmp_path / "none")
    assert {name: url.strip() for name, url in hub.database_urls.items()} == {
        "visits": "postgresql://visits",
        "reporting": "postgresql://from-a-file",
    }
    assert (hub.amqp_uris, hub.hub_id) == ({"reporting": "amqp://reporting"}, "fens")


def test_the_hub_of_this_checkout_says_where_it_is_to_its_owner_alone(tmp_path: Path) -> None:
    known = {name: f"postgresql://{name}" for name in SERVICES}
    uris = {name: f"amqp://{name}" for name in (*SERVICES, "administrator")}
    Connections(known, uris, {}).write(Places(tmp_path))
    file = Places(tmp_path).connections
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    hub = find_hub(file)
    assert (hub.database_urls, set(hub.amqp_uris)) == (known, set(SERVICES))
    assert hub.chosen([]) == list(SERVICES)
    assert hub.chosen(["visits"]) == ["visits"]


@pytest.mark.parametrize("text", ["", "[]", "{}"])
def test_a_file_that_cannot_be_read_is_said(tmp_path: Path, text: str) -> None:
    (tmp_path / "connections.json").write_text(text)
    with pytest.raises(WrongUse, match=r"connections\.json"):
        find_hub(tmp_path / "connections.json")


def test_a_setting_that_cannot_be_read_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_VISITS_DATABASE_URL_FILE", "/nowhere/at/all")
    said = hubctl("parked", "list")
    assert said.code == 2
    assert said.err.startswith("A setting cannot be read")


def test_no_hub_is_one_sentence_and_exit_code_2(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("hubctl.parked.find_hub", lambda: find_hub(tmp_path / "none"))
    said = hubctl("parked", "list", "--json")
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith("No hub was found: start one with `make run`")
    assert said.err.count("\n") == 1


def test_a_database_that_is_away_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_VISITS_DATABASE_URL", NOWHERE)
    said = hubctl("parked", "list")
    assert (said.code, said.err) == (1, "A service's database does not answer (OperationalError).\n")


def test_a_database_of_an_older_release_is_one_sentence(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUB_VISITS_DATABASE_URL", database_url)
    said = hubctl("parked", "list")
    assert said.code == 1
    assert "newest migration" in said.err


def test_passwords_never_reach_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_VISITS_DATABASE_URL", NOWHERE)
    said = hubctl("parked", "list", "--json")
    assert "nothing" not in said.out + said.err.replace("nothing matched", "")


def test_json_is_nothing_but_json(visits: Keeper) -> None:
    for arguments in (["list"], ["list", "--grouped"], ["replay", "--all", "--why", "a try"]):
        assert isinstance(json.loads(hubctl("parked", *arguments, "--json").out), dict)
