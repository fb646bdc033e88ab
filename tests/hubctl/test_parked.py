"""`hubctl parked` against real databases: what it says, what it changes, and its exit codes."""

import json
import stat
from pathlib import Path
from uuid import UUID

import pytest
from tests.hubctl.conftest import WHY, Keeper, bodies, hubctl
from tests.messaging.received import delivery

from hub_messaging.retries import Permanent

FIRST = str(UUID(int=1001))
UNREADABLE = b"\xff\x00\x1b[2J no JSON"


def heavier(number: int) -> bytes:
    fields = json.loads(delivery(number).body)
    return json.dumps(fields | {"data": {"number": number, "weight": 7}}).encode()


def test_nothing_parked_is_said_and_has_an_exit_code_of_its_own(visits: Keeper) -> None:
    said = hubctl("parked", "list")
    assert (said.code, said.out) == (1, "Nothing is parked.\n")
    assert hubctl("parked", "list", "--grouped").out == "Nothing is parked.\n"
    assert hubctl("parked", "list", "--json").json == {"total": 0, "deliveries": []}


def test_what_is_parked_in_all_services_is_listed_oldest_first(visits: Keeper, reporting: Keeper) -> None:
    reporting.park(*bodies(1))
    visits.park(*bodies(2), error=KeyError("weight"))
    said = hubctl("parked", "list", "--json")
    assert said.code == 0
    assert said.json["total"] == 2
    first, second = said.json["deliveries"]
    assert (first["service"], first["event_id"], first["state"]) == ("reporting", FIRST, "parked")
    assert (second["service"], second["last_error"]) == ("visits", "KeyError: 'weight'")
    only = hubctl("parked", "list", "--service", "visits", "--json").json["deliveries"]
    assert [one["service"] for one in only] == ["visits"]


@pytest.mark.parametrize("width", ["80", "120"])
def test_a_list_fits_the_terminal_and_names_what_can_be_typed(reporting: Keeper, width: str) -> None:
    reporting.park(*bodies(1), UNREADABLE, error=Permanent("a long story " * 20))
    said = hubctl("parked", "list", COLUMNS=width)
    assert max(map(len, said.out.splitlines())) <= int(width)
    assert FIRST[-12:] in said.out
    assert ("parcels/1" in said.out) is (width == "120")
    assert "unreadable" in said.out
    name = said.out.splitlines()[1].split()[0]
    assert hubctl("parked", "show", name, "--json").json["event_id"].endswith(name)


def test_a_long_list_is_cut_and_says_so(reporting: Keeper) -> None:
    reporting.park(*bodies(*range(1, 8)))
    said = hubctl("parked", "list", "--limit", "3")
    assert len(said.out.splitlines()) == 1 + 3 + 1
    assert "7 in all; 4 are not listed" in said.out
    assert hubctl("parked", "list", "--limit", "3", "--json").json["total"] == 7


def test_groups_of_one_error_and_type_are_counted(visits: Keeper, reporting: Keeper) -> None:
    visits.park(*bodies(1))
    reporting.park(*bodies(1, 2), error=KeyError("weight"))
    said = hubctl("parked", "list", "--grouped", "--json")
    assert [(g["service"], g["error"], g["count"]) for g in said.json["groups"]] == [
        ("reporting", "KeyError", 2),
        ("visits", "Permanent", 1),
    ]
    table = hubctl("parked", "list", "--grouped", "--error", "KeyError").out
    assert "KeyError" in table
    assert "Permanent" not in table


def test_held_deliveries_are_listed_when_asked_for(visits: Keeper) -> None:
    visits.park(delivery(1).body, delivery(1, 2, after=1).body)
    found = hubctl("parked", "list", "--unfinished", "--json").json["deliveries"]
    assert [(one["state"], one["behind"]) for one in found] == [("parked", 1), ("held", 0)]


def test_one_delivery_is_shown_with_its_body_and_history(visits: Keeper) -> None:
    visits.park(*bodies(1))
    hubctl("parked", "replay", FIRST, *WHY)
    said = hubctl("parked", "show", FIRST[-6:])
    for expected in (FIRST, "waiting", "Permanent: too heavy", '"weight": 1', "replay by ada: the scales"):
        assert expected in said.out
    shown = hubctl("parked", "show", FIRST, "--json").json
    assert shown["body"] == {"text": delivery(1).body.decode()}
    assert [one["action"] for one in shown["history"]] == ["replay"]


def test_text_of_an_event_cannot_control_the_terminal(visits: Keeper) -> None:
    visits.park(UNREADABLE, b"[bold]\x1b[31m no JSON", b"\xff" * 2000)
    ids = [one["event_id"] for one in hubctl("parked", "list", "--json").json["deliveries"]]
    shown = [hubctl("parked", "show", name).out for name in ids]
    assert "ff001b5b" in shown[0]
    assert "[bold]\\x1b[31m no JSON" in shown[1]
    assert "and 976 bytes more" in shown[2]
    assert not any("\x1b" in text for text in shown)


def test_a_name_that_fits_none_or_several_is_refused_with_one_sentence(visits: Keeper) -> None:
    visits.park(*bodies(1, 2, 3, 4))
    none = hubctl("parked", "show", "feed")
    assert (none.code, none.out) == (1, "")
    assert none.err == "There is no delivery feed, or it has been handled.\n"
    several = hubctl("parked", "show", "00000000")
    assert several.code == 1
    assert "matches 4 deliveries" in several.err


def test_the_same_event_in_two_services_needs_the_service(visits: Keeper, reporting: Keeper) -> None:
    visits.park(*bodies(1))
    reporting.park(*bodies(1))
    assert hubctl("parked", "show", FIRST).code == 1
    assert hubctl("parked", "show", FIRST, "-s", "visits", "--json").json["service"] == "visits"


def test_a_replayed_delivery_takes_effect_and_a_second_replay_says_that_nothing_was_done(
    visits: Keeper,
) -> None:
    visits.park(delivery(1).body, delivery(1, 2, after=1).body)
    said = hubctl("parked", "replay", FIRST, *WHY)
    assert (said.code, said.out) == (0, "1 replayed.\n")
    again = hubctl("parked", "replay", FIRST, *WHY)
    assert again.code == 1
    assert again.out.startswith("Nothing was replayed")
    assert visits.retry_stored() == ["parcels/1#1", "parcels/1#2"]
    assert visits.audit() == [("ada", "the scales were repaired", "replay")]


def test_a_group_or_all_are_replayed_in_every_service(visits: Keeper, reporting: Keeper) -> None:
    visits.park(*bodies(1, 2))
    reporting.park(*bodies(*range(1, 151)))
    reporting.park(*bodies(200), error=KeyError("weight"))
    said = hubctl("parked", "replay", "--error", "Permanent", "--type", "ParcelSorted", "--json", *WHY)
    assert len(said.json["replayed"]) == 152
    assert said.json["replayed"][0] == {
        "service": "visits",
        "subscription": "visits.in",
        "source": "/hubs/test/sorting",
        "event_id": FIRST,
    }
    assert reporting.states().count("parked") == 1
    assert hubctl("parked", "replay", "--all", *WHY).out == "1 replayed.\n"


def test_a_dry_run_changes_nothing_and_needs_no_reason(visits: Keeper, tmp_path: Path) -> None:
    visits.park(*bodies(1, 2))
    assert hubctl("parked", "replay", "--all", "--dry-run").out == "2 would be replayed.\n"
    assert hubctl("parked", "drop", FIRST, "--dry-run", "--json").json["dry_run"] is True
    (tmp_path / "body.json").write_bytes(heavier(1))
    said = hubctl("parked", "edit", FIRST, "--file", str(tmp_path / "body.json"), "--dry-run", *WHY)
    assert said.code == 0
    assert visits.states() == ["parked", "parked"]
    assert visits.audit() == []


def test_a_dropped_delivery_lets_the_next_go_on(visits: Keeper) -> None:
    visits.park(delivery(1).body, delivery(1, 2, after=1).body)
    assert hubctl("parked", "drop", FIRST, *WHY).out == "1 dropped.\n"
    assert visits.retry_stored() == ["parcels/1#2"]
    assert hubctl("parked", "drop", FIRST, *WHY).code == 1


def test_an_edited_body_from_a_file_takes_effect(visits: Keeper, tmp_path: Path) -> None:
    visits.park(*bodies(1))
    (tmp_path / "body.json").write_bytes(heavier(1))
    said = hubctl("parked", "edit", FIRST, "--file", str(tmp_path / "body.json"), "--replay", *WHY)
    assert (said.code, said.out) == (0, "1 edited.\n")
    shown = hubctl("parked", "show", FIRST, "--json").json
    assert shown["original"] == {"text": delivery(1).body.decode()}
    assert shown["body"] == {"text": heavier(1).decode()}
    assert "Original" in hubctl("parked", "show", FIRST).out
    assert visits.retry_stored() == ["parcels/1#1"]
    assert [action for _, _, action in visits.audit()] == ["edit", "replay"]


def test_an_edited_body_comes_from_standard_input_too(visits: Keeper) -> None:
    visits.park(*bodies(1))
    said = hubctl("parked", "edit", FIRST, "--file", "-", "--json", *WHY, typed=heavier(1))
    assert said.json["edited"][0]["event_id"] == FIRST
    assert visits.states() == ["parked"]


def test_the_editor_is_given_a_readable_body_in_a_private_file(
    visits: Keeper, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    visits.park(*bodies(1))
    editor = tmp_path / "editor"
    seen = tmp_path / "seen"
    editor.write_text(
        f"""#!/bin/sh
        stat -c %a "$(dirname "$1")" >{seen}
        cat "$1" >>{seen}
        sed -i 's/"weight": 1/"weight": 7/' "$1"
        """
    )
    editor.chmod(stat.S_IRWXU)
    monkeypatch.setattr("hubctl.editor.at_a_terminal", lambda: True)
    said = hubctl("parked", "edit", FIRST, *WHY, EDITOR=str(editor), VISUAL="")
    assert said.code == 0, said.err
    assert seen.read_text().startswith("700\n{\n")
    assert json.loads(hubctl("parked", "show", FIRST, "--json").json["body"]["text"])["data"]["weight"] == 7
    same = hubctl("parked", "edit", FIRST, *WHY, EDITOR="true", VISUAL="")
    assert (same.code, same.err) == (2, "Nothing was changed in the editor.\n")
    broken = hubctl("parked", "edit", FIRST, *WHY, EDITOR="false", VISUAL="")
    assert (broken.code, broken.err) == (2, "The editor false failed: nothing was changed.\n")


def test_a_body_that_is_no_event_is_refused(visits: Keeper) -> None:
    visits.park(*bodies(1))
    said = hubctl("parked", "edit", FIRST, "--file", "-", *WHY, typed="{}")
    assert said.code == 1
    assert said.err == "The new body is not an event: no specversion.\n"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["replay", FIRST], "Give the reason with --why"),
        (["replay", *WHY], "Select deliveries"),
        (["replay", FIRST, "--all", *WHY], "Select deliveries"),
        (["list", "-s", "bakery"], "There is no service 'bakery'"),
        (["list", "-s", "enrolment"], "set HUB_ENROLMENT_DATABASE_URL"),
        (["edit", FIRST, *WHY], "no terminal for an editor"),
        (["edit", FIRST, "--file", "nowhere", *WHY], "nowhere cannot be read"),
    ],
    ids=["no reason", "nothing", "two ways", "no such service", "not known", "no terminal", "no file"],
)
def test_wrong_use_is_one_sentence_and_exit_code_2(
    visits: Keeper, arguments: list[str], sentence: str
) -> None:
    visits.park(*bodies(1))
    said = hubctl("parked", *arguments)
    assert said.code == 2
    assert sentence in said.err
    assert "Traceback" not in said.err
    assert visits.states() == ["parked"]


def test_who_acts_is_the_account_unless_said(visits: Keeper) -> None:
    visits.park(*bodies(1))
    hubctl("parked", "replay", FIRST, "--why", "a try", LOGNAME="emmy", USER="emmy")
    assert visits.audit() == [("emmy", "a try", "replay")]
