"""Tokens by command: given out once, listed, taken back, and what services then say."""

import json
import stat
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.hubctl.conftest import hubctl

from hub_enrolment import access as enrolment
from hub_local.keys import PRIVATE, signer
from hub_notifications import access as notifications
from hub_platform.access import TokenCheck
from hub_platform.problems import Problem
from hub_platform.revoked import Revoked
from hub_reporting import access as reporting
from hub_visits import access as visits
from hubctl import places, token_book
from hubctl import tokens as commands

WHY = ("--by", "grace", "--why", "left the hub")


@pytest.fixture(name="folder", autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    signer(tmp_path / "secrets")
    monkeypatch.setenv("HUB_TOKENS_DIR", str(tmp_path / "tokens"))
    monkeypatch.setenv("HUB_TOKEN_PRIVATE_KEY_FILE", str(tmp_path / "secrets" / PRIVATE))
    return tmp_path / "tokens"


def check(folder: Path) -> TokenCheck:
    """Return a service's verdict about each token."""
    public = signer(folder.parent / "secrets").public_file
    return TokenCheck.from_jwk(public.read_text(), Revoked(folder / token_book.REVOKED))


def issue(*arguments: str) -> Any:
    said = hubctl("tokens", "issue", *arguments, "--by", "grace", "--json")
    assert said.code == 0, said.err
    return said.json


def listed(*arguments: str) -> list[Any]:
    found: list[Any] = hubctl("tokens", "list", *arguments, "--json").json["tokens"]
    return found


def test_only_the_token_is_printed_and_services_accept_it(folder: Path) -> None:
    said = hubctl("tokens", "issue", "ada", "--role", "hub_lead", "-r", "board")
    assert said.out.count("\n") == 1
    actor = check(folder).actor(said.out.strip())
    assert (actor.subject, actor.roles) == ("ada", frozenset({"hub_lead", "board"}))
    assert "for ada, valid until" in said.err


def test_the_token_itself_is_kept_nowhere(folder: Path) -> None:
    token = issue("ada", "-r", "board")["token"]
    assert all(token not in path.read_text() for path in folder.iterdir())


def test_only_the_operator_can_read_who_holds_what_and_services_what_is_revoked(folder: Path) -> None:
    issue("ada", "-r", "board")
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.glob("*.json")}
    assert modes == {"issued.json": 0o600, "revoked.json": 0o644}


def test_a_revoked_token_is_refused_and_the_list_says_why(folder: Path) -> None:
    first, second = issue("ada", "-r", "board"), issue("ada", "-r", "board")
    said = hubctl("tokens", "revoke", first["id"], *WHY)
    assert (said.code, said.out) == (0, "Revoked 1; every service refuses them within a minute.\n")
    with pytest.raises(Problem, match="invalid_token"):
        check(folder).actor(first["token"])
    assert check(folder).actor(second["token"]).subject == "ada"
    assert [one["id"] for one in listed()] == [second["id"]]
    everything = {one["id"]: one for one in listed("--all")}
    assert everything[first["id"]]["state"] == "revoked"
    assert (everything[first["id"]]["revoked_by"], everything[first["id"]]["why"]) == (
        "grace",
        "left the hub",
    )
    assert json.loads((folder / "revoked.json").read_text()) == {"revoked": [first["id"]]}


def test_all_tokens_of_a_subject_are_revoked_at_once(folder: Path) -> None:
    held = [issue("ada", "-r", "board")["token"] for _ in range(3)]
    other = issue("grace", "-r", "hub_admin")["token"]
    assert len(hubctl("tokens", "revoke", "--subject", "ada", *WHY, "--json").json["tokens"]) == 3
    for token in held:
        with pytest.raises(Problem):
            check(folder).actor(token)
    assert check(folder).actor(other).subject == "grace"


def test_revoking_again_changes_nothing(folder: Path) -> None:
    one = issue("ada", "-r", "board")
    hubctl("tokens", "revoke", one["id"], *WHY)
    before = (folder / "issued.json").read_text()
    assert hubctl("tokens", "revoke", one["id"], "--by", "eve", "--why", "mischief").code == 0
    assert (folder / "issued.json").read_text() == before


def test_an_expired_token_is_not_listed_among_those_that_are_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "timedelta", lambda days: timedelta(seconds=-days))
    issue("ada", "-r", "board")
    assert listed() == []
    assert [one["state"] for one in listed("--all")] == ["expired"]
    assert hubctl("tokens", "list").out == "There are no valid tokens.\n"


def test_a_sign_in_link_is_all_that_is_printed_and_good_for_one_session(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUB_PUBLIC_URL", "https://hub.example/")
    said = hubctl("sign-in", "ada", "-r", "hub_lead", "--hours", "3", "--by", "grace")
    address, _, token = said.out.strip().partition("?token=")
    assert address == "https://hub.example/sign-in"
    assert "Valid once, within 15 minutes" in said.err
    sign_in = check(folder).sign_in(token)
    assert (sign_in.actor.subject, sign_in.once) == ("ada", True)
    with pytest.raises(Problem, match="invalid_token"):
        check(folder).actor(token)
    (one,) = listed()
    assert (one["use"], one["id"], one["by"]) == ("sign-in", sign_in.token_id, "grace")
    began, ends = (datetime.fromisoformat(one[name]) for name in ("issued_at", "expires_at"))
    assert ends - began == timedelta(hours=3)
    hubctl("tokens", "revoke", one["id"], *WHY)
    with pytest.raises(Problem, match="invalid_token"):
        check(folder).sign_in(token)


def test_a_sign_in_link_for_a_program() -> None:
    told = hubctl("sign-in", "ada", "-r", "board", "--json").json
    assert told["link"].startswith("http://localhost/sign-in?token=")
    assert told["subject"] == "ada"


@pytest.mark.parametrize("width", ["80", "160"])
def test_a_table_for_people_shows_whole_ids_to_copy(width: str) -> None:
    one = issue("ada", "-r", "board", "-r", "hub_lead", "--days", "7")
    out = hubctl("tokens", "list", COLUMNS=width).out
    assert max(map(len, out.splitlines())) <= int(width)
    assert one["id"] in out
    assert {"board,", "hub_lead"} <= set(out.split())
    assert one["expires_at"][:10] in out
    assert one["token"] not in out
    hubctl("tokens", "revoke", one["id"], *WHY)
    assert "revoked" in hubctl("tokens", "list", "--all", COLUMNS=width).out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("issue", "ada", "-r", "king"), "There is no role 'king'"),
        (("issue", "ada@school.example", "-r", "board"), "Use an id as the subject"),
        (("issue", "Ada Lovelace", "-r", "board"), "Use an id as the subject"),
        (("issue", "", "-r", "board"), "Use an id as the subject"),
        (("issue", "ada", "-r", "board", "--days", "0"), "days"),
        (("issue", "ada"), "role"),
        (("revoke",), "Select tokens: ids, or --subject."),
        (("revoke", "--subject", ""), "Select tokens: ids, or --subject."),
        (("revoke", "abc", "--subject", "ada"), "Select tokens: ids, or --subject."),
        (("revoke", "abc", *WHY), "There is no token abc; nothing was revoked."),
        (("revoke", "abc"), "Give the reason with --why"),
    ],
)
def test_wrong_use_gives_a_sentence_and_changes_nothing(
    folder: Path, arguments: tuple[str, ...], words: str
) -> None:
    said = hubctl("tokens", *arguments)
    assert said.code == 2
    assert words in said.err
    assert not (folder / "issued.json").exists() or not listed("--all")


def test_nothing_known_of_a_subject_is_no_success() -> None:
    said = hubctl("tokens", "revoke", "--subject", "unknown", *WHY)
    assert said.code == 1
    assert "No such token exists" in said.err


@pytest.mark.parametrize(
    ("key", "words"),
    [("not JSON", "cannot be read"), ("{}", "cannot be read"), (None, "a public one")],
)
def test_a_key_that_cannot_sign_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str | None, words: str
) -> None:
    path = tmp_path / "key"
    path.write_text(key if key is not None else signer(tmp_path / "secrets").public_file.read_text())
    monkeypatch.setenv("HUB_TOKEN_PRIVATE_KEY_FILE", str(path))
    said = hubctl("tokens", "issue", "ada", "-r", "board")
    assert said.code == 2
    assert words in said.err


def test_a_book_that_cannot_be_read_is_named_and_left_alone(folder: Path) -> None:
    issue("ada", "-r", "board")
    (folder / "issued.json").write_text("{")
    said = hubctl("tokens", "issue", "ada", "-r", "board")
    assert said.code == 2
    assert "issued.json cannot be read" in said.err
    assert (folder / "issued.json").read_text() == "{"


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("HUB_TOKENS_DIR", str(tmp_path / "file"))
    said = hubctl("tokens", "issue", "ada", "-r", "board")
    assert said.code == 2
    assert "cannot be" in said.err


def test_without_settings_the_hub_that_runs_here_is_meant(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HUB_TOKENS_DIR")
    with pytest.raises(places.WrongUse, match="No hub was found"):
        places.find_token_places(tmp_path / "connections.json")
    key = str(tmp_path / "secrets" / PRIVATE)
    known = {"private_key_file": key, "folder": str(tmp_path), "address": "http://127.0.0.1:8000"}
    (tmp_path / "connections.json").write_text(json.dumps({"tokens": known}))
    found = places.find_token_places(tmp_path / "connections.json")
    assert found.folder == tmp_path
    assert json.loads(found.private_key)["d"]
    (tmp_path / "connections.json").write_text("{}")
    with pytest.raises(places.WrongUse, match="cannot be read"):
        places.find_token_places(tmp_path / "connections.json")


def test_every_role_that_a_service_knows_can_be_given() -> None:
    known: set[str] = set()
    for module in (enrolment, visits, notifications, reporting):
        for value in vars(module).values():
            if isinstance(value, frozenset):
                known |= value
    assert known - {"anyone", "signed in"} <= set(commands.ROLES)
