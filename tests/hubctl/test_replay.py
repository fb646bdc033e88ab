"""`hubctl replay`: what it hands to the service's own command, and what it makes of the answer."""

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.hubctl.conftest import WHY, Keeper, hubctl

from hubctl.places import LOSSES

RESULT = {
    "read": 40,
    "seconds": 0.5,
    "compared": [
        {"table": "effects", "live": 3, "new": 4, "only_live": 0, "only_new": 1, "digest": "feed" * 8}
    ],
    "kept": {"waiting": 1, "held": 0, "parked": 0},
    "undone": 0,
    "loss": None,
    "switched": True,
    "behind": 0,
}
LOSS = {
    "sha256": "ab" * 32,
    "subjects": 1200,
    "events": 30,
    "rows": {"effects": 9000},
    "file": "/losses/list.jsonl",
}
Answering = Callable[..., Path]


@pytest.fixture(name="answering")
def _answering(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Answering:
    """Give a function that puts a service in place of reporting's, which says certain lines."""

    def answering(*lines: Any, end: str = "") -> Path:
        package = tmp_path / "hub_reporting"
        package.mkdir(exist_ok=True)
        (package / "__init__.py").touch()
        seen = tmp_path / "seen.json"
        (package / "__main__.py").write_text(
            "import json, os, pathlib, sys\n"
            f"pathlib.Path({str(seen)!r}).write_text(json.dumps([sys.argv[1:], dict(os.environ)]))\n"
            + "".join(f"print({json.dumps(line)!r}, flush=True)\n" for line in lines)
            + end
        )
        monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), *sys.path]))
        return seen

    monkeypatch.setenv("HUB_REPORTING_AMQP_URI", "amqp://reporting")
    return answering


def test_a_rebuild_is_compared_and_switched(reporting: Keeper, answering: Answering) -> None:
    seen = answering({"read": 10, "of": 40}, {"read": 40, "of": 40}, {"result": RESULT})
    said = hubctl("replay", "reporting", *WHY)
    assert said.code == 0, said.err
    assert "effects" in said.out
    assert "feedfeedfeed" in said.out
    assert "40 events read in 0.5 s, 80 per second.\nWithout effect: 1 waiting.\nSwitched.\n" in said.out
    arguments, environment = json.loads(seen.read_text())
    assert arguments == ["rebuild", "--json", f"--losses={LOSSES}", "--by=ada", f"--why={WHY[3]}"]
    assert environment["HUB_AMQP_URI"] == "amqp://reporting"
    assert environment["HUB_DATABASE_URL"] == environment["HUB_REPORTING_DATABASE_URL"]


def test_a_dry_run_needs_no_reason_and_its_json_is_of_one_shape(
    reporting: Keeper, answering: Answering
) -> None:
    seen = answering({"result": RESULT | {"switched": False}})
    said = hubctl("replay", "reporting", "--dry-run", "--json", "--from-outboxes", "--accept-undone")
    assert (said.code, said.json) == (0, {"result": RESULT | {"switched": False}})
    arguments, _ = json.loads(seen.read_text())
    losses = f"--losses={LOSSES}"
    assert arguments == ["rebuild", "--json", "--from-outboxes", "--accept-undone", losses, "--dry-run"]


def test_what_would_be_lost_is_said_and_can_be_accepted(
    reporting: Keeper, answering: Answering, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HUB_LOSSES_DIR", str(tmp_path / "losses"))
    seen = answering({"result": RESULT | {"switched": False, "loss": LOSS}})
    said = hubctl("replay", "reporting", *WHY)
    assert said.code == 1
    assert "lacks events of 1,200 subjects, and 30 events that the inbox remembers." in said.out
    assert "A switch would lose: 9,000 of effects. The complete list is in /losses/list.jsonl" in said.out
    assert f"--accept-loss {LOSS['sha256']}\nNothing was switched.\n" in said.out
    answering({"result": RESULT | {"loss": LOSS}})
    said = hubctl("replay", "reporting", *WHY, "--accept-loss", str(LOSS["sha256"]))
    assert said.code == 0
    assert "Lost: 9,000 of effects." in said.out
    arguments, _ = json.loads(seen.read_text())
    assert arguments[2:4] == [f"--accept-loss={LOSS['sha256']}", f"--losses={tmp_path / 'losses'}"]


def test_going_back_needs_a_reason_and_nothing_to_accept(reporting: Keeper, answering: Answering) -> None:
    seen = answering({"result": RESULT | {"behind": 0}})
    said = hubctl("replay", "reporting", "--back", *WHY)
    assert said.code == 0
    assert said.out.endswith("Switched.\n")
    arguments, _ = json.loads(seen.read_text())
    assert arguments == ["rebuild", "--json", "--back", "--by=ada", f"--why={WHY[3]}"]
    assert hubctl("replay", "reporting", "--back").code == 2
    answering({"result": RESULT | {"switched": False, "behind": 12}})
    said = hubctl("replay", "reporting", "--back", "--dry-run")
    assert "12 events were handled since the switch; they are read first.\n" in said.out
    said = hubctl("replay", "reporting", "--back", "--accept-loss", "feed", *WHY)
    assert (said.code, "loses nothing" in said.err) == (2, True)


def test_what_is_not_switched_to_has_exit_code_1_and_says_why(
    reporting: Keeper, answering: Answering
) -> None:
    answering({"result": RESULT | {"switched": False, "undone": 3}})
    said = hubctl("replay", "reporting", *WHY)
    assert said.code == 1
    assert "3 that were handled in the live tables fail now.\nNothing was switched.\n" in said.out


def test_a_refusal_is_passed_on_in_one_sentence(reporting: Keeper, answering: Answering) -> None:
    answering({"error": "Another rebuild is running in this database."})
    said = hubctl("replay", "reporting", *WHY)
    assert (said.code, said.out) == (1, "")
    assert said.err == "Another rebuild is running in this database.\n"
    said = hubctl("replay", "reporting", *WHY, "--json")
    assert (said.code, list(said.json)) == (1, ["error"])


@pytest.mark.parametrize(
    ("end", "sentence"),
    [
        (
            "sys.exit('reporting: the settings are not complete')",
            "reporting: the settings are not complete\n",
        ),
        ("sys.exit(3)", "The service's own command ended without output.\n"),
    ],
    ids=["with a word", "without"],
)
def test_a_command_that_ends_early_is_one_sentence(
    reporting: Keeper, answering: Answering, end: str, sentence: str
) -> None:
    answering(end=end)
    said = hubctl("replay", "reporting", *WHY)
    assert (said.code, said.err) == (1, sentence)


def test_a_service_that_owns_facts_is_refused_by_its_own_command(
    visits: Keeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUB_VISITS_AMQP_URI", "amqp://visits")
    said = hubctl("replay", "visits", *WHY)
    assert said.code == 1
    assert said.err == "Visits cannot be rebuilt: its tables hold what no event could bring back.\n"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["bakery", *WHY], "There is no service 'bakery'"),
        (["visits", *WHY], "set HUB_VISITS_AMQP_URI"),
        (["visits", "--from-outboxes"], "Give the reason"),
    ],
    ids=["no such service", "no log", "no reason"],
)
def test_wrong_use_is_one_sentence_and_exit_code_2(
    visits: Keeper, arguments: list[str], sentence: str
) -> None:
    said = hubctl("replay", *arguments)
    assert said.code == 2
    assert sentence in said.err
