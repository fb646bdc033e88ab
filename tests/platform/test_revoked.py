"""The list of revoked tokens, as it could last be read from its file."""

import json
import os
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from joserfc.jwk import OKPKey

from hub_platform import access, tokens
from hub_platform import revoked as revoking
from hub_platform.access import TokenCheck
from hub_platform.problems import Problem
from hub_platform.revoked import Revoked, Unreadable

UNREADABLE = "the list of revoked tokens cannot be read"


@pytest.fixture(name="path")
def _path(tmp_path: Path) -> Path:
    return tmp_path / "revoked.json"


@pytest.fixture(name="later")
def _later(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Lets so much time go by that the file is looked at again."""
    now = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])

    def pass_by() -> None:
        now[0] += revoking.LOOK_EVERY

    return pass_by


def write(path: Path, *ids: str) -> None:
    path.write_text(json.dumps({"revoked": ids}))


def test_without_a_file_nothing_is_revoked(path: Path) -> None:
    assert not Revoked(path).holds("one")
    assert not Revoked(None).holds("one")


def test_a_revocation_is_seen_at_the_next_look(path: Path, later: Callable[[], None]) -> None:
    revoked = Revoked(path)
    assert not revoked.holds("one")
    write(path, "one")
    assert not revoked.holds("one")
    later()
    assert revoked.holds("one")
    assert not revoked.holds("two")
    assert not revoked.holds(None)


def test_looks_are_less_than_a_minute_apart() -> None:
    assert revoking.LOOK_EVERY < 30  # the rest is for clocks and disks


@pytest.mark.parametrize("text", ["", "[]", '{"revoked": 7}', "{}", "not JSON"])
def test_a_file_that_breaks_leaves_what_was_known_in_force(
    path: Path, later: Callable[[], None], text: str
) -> None:
    write(path, "one")
    revoked = Revoked(path)
    assert revoked.holds("one")
    path.write_text(text)
    later()
    assert revoked.holds("one")
    assert revoked.reason == UNREADABLE
    write(path, "one", "two")
    later()
    assert revoked.holds("two")
    assert revoked.reason is None


def test_the_probe_reads_the_list_without_any_request(path: Path, later: Callable[[], None]) -> None:
    write(path, "one")
    revoked = Revoked(path)
    assert not revoked.reason
    path.write_text("not JSON")
    later()
    noticed = revoked.reason
    write(path, "one")
    later()
    assert (noticed, revoked.reason) == (UNREADABLE, None)


def test_a_file_that_cannot_be_read_is_looked_at_every_second(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    path.write_text("not JSON")
    revoked = Revoked(path)
    assert revoked.reason == UNREADABLE
    write(path, "one")
    now[0] += revoking.LOOK_AGAIN
    assert revoked.reason is None


def test_a_file_that_goes_away_revokes_nothing_any_longer(path: Path, later: Callable[[], None]) -> None:
    write(path, "one")
    revoked = Revoked(path)
    assert revoked.holds("one")
    path.unlink()
    later()
    assert not revoked.holds("one")


def test_no_token_is_accepted_while_the_list_has_never_been_read(path: Path) -> None:
    path.write_text("not JSON")
    revoked = Revoked(path)
    with pytest.raises(Unreadable):
        revoked.holds("one")
    write(path)  # and it is looked at with the next request, not ten seconds later
    assert not revoked.holds("one")


def test_a_check_refuses_what_was_revoked_even_when_it_has_seen_it_before(
    path: Path, later: Callable[[], None]
) -> None:
    key = OKPKey.generate_key("Ed25519")
    token, issued = tokens.issue(key, "ada", ["hub_lead"], timedelta(hours=1), datetime.now(UTC))
    check = TokenCheck(key, Revoked(path))
    assert check.actor(token).subject == "ada"
    write(path, issued.id)
    later()
    with pytest.raises(Problem, match="invalid_token"):
        check.actor(token)


def test_a_check_that_cannot_tell_says_so(path: Path) -> None:
    path.write_text("not JSON")
    key = OKPKey.generate_key("Ed25519")
    token, _ = tokens.issue(key, "ada", [], timedelta(hours=1), datetime.now(UTC))
    with pytest.raises(Problem, match="revocations_unreadable"):
        TokenCheck(key, Revoked(path)).actor(token)


def test_a_file_that_has_not_changed_is_not_read_again(path: Path, later: Callable[[], None]) -> None:
    write(path, "one")
    revoked = Revoked(path)
    assert revoked.holds("one")
    status = path.stat()
    path.write_text(path.read_text().replace("one", "two"))
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))  # as if the file were unchanged
    later()
    assert revoked.holds("one")


def test_a_token_that_expires_while_it_is_remembered_is_refused(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, now = OKPKey.generate_key("Ed25519"), datetime.now(UTC)
    token, _ = tokens.issue(key, "ada", ["hub_lead"], timedelta(hours=1), now)
    check = TokenCheck(key)
    assert check.actor(token).subject == "ada"
    monkeypatch.setattr(access, "real_now", lambda: now + timedelta(hours=1))
    with pytest.raises(Problem) as refused:
        check.actor(token)
    assert "expired" in refused.value.detail


def test_no_more_tokens_are_remembered_than_so_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access, "REMEMBERED_TOKENS", 2)
    key = OKPKey.generate_key("Ed25519")
    check = TokenCheck(key)
    for number in range(5):
        token, _ = tokens.issue(key, f"ada {number}", [], timedelta(hours=1), datetime.now(UTC))
        assert check.actor(token).subject == f"ada {number}"
        assert len(check._seen) <= 2
