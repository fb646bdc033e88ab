"""The command line of a service: commands that do not start it, and missing settings."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from hub_platform import runner
from hub_platform.assembly import make_context
from hub_platform.runner import setting

SERVICE = {"service": "sorting", "service_class": "parcels.service:SortingService", "package": "parcels"}


def call(monkeypatch: pytest.MonkeyPatch, *words: str, **more: Any) -> None:
    monkeypatch.setattr("sys.argv", ["parcels", *words])
    runner.main(**(SERVICE | more))


@pytest.fixture(name="no_settings")
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATABASE_URL", "AMQP_URI", "TOKEN_PUBLIC_KEY", "ID"):
        monkeypatch.delenv(f"HUB_{name}", raising=False)
        monkeypatch.delenv(f"HUB_{name}_FILE", raising=False)


@pytest.mark.filterwarnings("ignore:Multiple schemas resolved to the name")
def test_a_service_describes_itself_without_being_started(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    call(monkeypatch, "openapi")
    document = json.loads(capsys.readouterr().out)
    assert document["info"]["title"] == "Hub Operations: sorting"
    assert "/sorting/v1/parcels" in document["paths"]


def test_words_that_a_command_does_not_take_are_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        call(monkeypatch, "openapi", "now")
    assert left.value.code == 2
    assert "openapi takes no further arguments" in capsys.readouterr().err


def test_a_command_of_the_service_itself_gets_the_rest_of_the_line_and_gives_the_exit_code(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given: list[Any] = []

    def do(service_class: Any, read: Any, rest: list[str]) -> int:
        given.extend([service_class.name, read, rest])
        return 7

    monkeypatch.setattr(
        runner, "_load", lambda path: do if path == "a:b" else SimpleNamespace(name="sorting")
    )
    with pytest.raises(SystemExit) as left:
        call(monkeypatch, "rebuild", "--dry-run", commands={"rebuild": "a:b"})
    assert left.value.code == 7
    assert given == ["sorting", setting, ["--dry-run"]]


@pytest.mark.usefixtures("no_settings")
@pytest.mark.parametrize("command", ["run", "migrate"])
def test_a_setting_that_is_missing_is_said_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setattr(runner, "run", lambda service, *_others: make_context(service, Path(), lambda: None))
    with pytest.raises(SystemExit, match=r"sorting: the settings are not complete: .*HUB_DATABASE_URL"):
        call(monkeypatch, command)


@pytest.mark.usefixtures("no_settings")
def test_a_missing_setting_that_a_command_reads_is_reported(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(
        runner, "_load", lambda path: (lambda _c, read, _r: read("AMQP_URI")) if path == "a:b" else None
    )
    with pytest.raises(SystemExit, match=r"sorting: the settings are not complete: .*HUB_AMQP_URI"):
        call(monkeypatch, "rebuild", commands={"rebuild": "a:b"})


@pytest.mark.usefixtures("no_settings")
def test_the_hubs_id_has_a_usual_value(monkeypatch: pytest.MonkeyPatch) -> None:
    assert setting("ID") == "cambridge"
    monkeypatch.setenv("HUB_ID", "fens")
    assert setting("ID") == "fens"
