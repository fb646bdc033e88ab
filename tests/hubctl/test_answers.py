"""Output of hubctl: interruptions, values that are not text, and the streams."""

import getpass
import os
import signal
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
import typer

from hub_messaging.stored_deliveries import Key, Refused
from hubctl import editor, import_shown, issuer_keys, options, output, replay
from hubctl.databases import Found, by_service
from hubctl.diagnosis import span
from hubctl.places import WrongUse, find_addresses
from hubctl.shown import _body_as_json


@pytest.mark.parametrize(
    ("error", "code", "says"),
    [
        (WrongUse("Say which."), output.MISUSED, "Say which."),
        (Refused("It is gone."), output.NOTHING, "It is gone."),
        (KeyboardInterrupt(), 130, "Interrupted"),
    ],
)
def test_each_way_to_end_has_an_exit_code_of_its_own(
    capsys: pytest.CaptureFixture[str], error: BaseException, code: int, says: str
) -> None:
    def command() -> None:
        raise error

    with pytest.raises(typer.Exit) as left:
        output.sentences(command)()
    assert left.value.exit_code == code
    assert says in capsys.readouterr().err
    assert len({output.MISUSED, output.NOTHING, 130, 0}) == 4


@pytest.mark.parametrize(
    ("body", "shown"),
    [(None, None), (b'{"a": 1}', {"text": '{"a": 1}'}), (b"\xff\x00", {"hex": "ff00"})],
)
def test_a_body_that_is_no_text_is_shown_in_hexadecimal_digits(
    body: bytes | None, shown: dict[str, str] | None
) -> None:
    assert _body_as_json(body) == shown


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(59, "59 s"), (119, "119 s"), (120, "2 minutes"), (7200, "2 hours"), (172_800, "2 days")],
)
def test_durations_are_rounded(seconds: float, said: str) -> None:
    assert span(seconds) == said


def test_a_delivery_that_was_named_twice_is_dealt_with_once() -> None:
    keys = {service: Key(f"{service}.in", "/hubs/test/enrolment", "1") for service in ("visits", "reporting")}
    one, other = (Found(service, SimpleNamespace(key=key)) for service, key in keys.items())  # type: ignore[arg-type]
    assert by_service([one, other, one]) == {service: [key] for service, key in keys.items()}


def test_where_services_answer_is_read_whole_or_not_at_all(no_hub: None, tmp_path: Path) -> None:
    assert find_addresses() == {}
    (tmp_path / "connections.json").write_text("{}")
    with pytest.raises(WrongUse, match=r"cannot be read \(KeyError\)"):
        find_addresses()


@pytest.mark.parametrize(("text", "body"), [('{"a": 1}\n', b'{"a":1}'), ("not JSON", b"not JSON")])
def test_what_comes_out_of_the_editor_is_sent_as_it_is_or_as_compact_json(
    monkeypatch: pytest.MonkeyPatch, text: str, body: bytes
) -> None:
    monkeypatch.setattr(editor, "at_a_terminal", lambda: True)
    monkeypatch.setattr(editor, "_edited", lambda _before: text)
    assert editor.in_editor(b'{"a":2}') == body


def test_a_body_that_is_no_text_is_not_edited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(editor, "at_a_terminal", lambda: True)
    with pytest.raises(WrongUse, match="--file"):
        editor.in_editor(b"\xff\x00")


def test_at_a_terminal_the_reason_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(options, "at_a_terminal", lambda: True)
    monkeypatch.setattr(typer, "prompt", lambda *_words, **_more: "because ")
    acting = options.operator("ada", " ")
    assert (acting.by, acting.why) == ("ada", "because")


def test_an_account_without_a_name_must_say_who_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    def nameless() -> str:
        raise KeyError

    monkeypatch.setattr(getpass, "getuser", nameless)
    with pytest.raises(WrongUse, match="--by"):
        options.operator("", "because")


def test_findings_that_are_not_shown_are_counted_with_where_they_are(
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = {"row": 2, "urn": "110623", "column": "Phase", "code": "unknown_phase", "detail": "no phase"}
    counts = dict.fromkeys(import_shown.COUNTS, 0)
    done = counts | {"file": "a", "rows": 9, "findings": [found], "findings_n": 1_200, "import_id": "7"}
    import_shown.imported(cast("import_shown.Imported", done))
    assert "GET /enrolment/v1/imports/7/findings.csv" in capsys.readouterr().out
    import_shown.imported(cast("import_shown.Imported", done | {"import_id": None}))
    said = capsys.readouterr().out
    assert "--json shows the first 1,000" in said
    assert f"{1_200 - import_shown.FINDINGS_SHOWN:,} more" in said


def test_an_issuers_answer_is_an_object_of_json(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter([b'{"issuer": "x"}', b"[1]"])
    monkeypatch.setattr(issuer_keys, "_download", lambda _url: next(answers))
    assert issuer_keys._fetch("https://x.example") == {"issuer": "x"}
    with pytest.raises(TypeError):
        issuer_keys._fetch("https://x.example")
    with pytest.raises(ValueError, match="https"):
        issuer_keys._fetch("http://x.example")


@pytest.mark.parametrize(
    ("error", "does", "code"),
    [(KeyboardInterrupt, "pass", 0), (RuntimeError, "import time; time.sleep(600)", -signal.SIGTERM)],
    ids=["interrupted: it ends by itself", "a failure: it is ended"],
)
def test_a_command_that_was_started_does_not_outlive_us(
    tmp_path: Path, error: type[BaseException], does: str, code: int
) -> None:
    with (
        (tmp_path / "errors").open("w+") as errors,
        pytest.raises(error),
        replay._started([sys.executable, "-c", does], dict(os.environ), errors) as process,
    ):
        raise error
    assert process.returncode == code
