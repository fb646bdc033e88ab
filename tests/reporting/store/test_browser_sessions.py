"""Ending and deleting a browser session changes no other session."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session
from tests.support.changes import changes_of

from hub_platform.database import Sessions
from hub_reporting.models import Base, BrowserSession
from hub_reporting.store import browser_sessions as store

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
INSTANT = timedelta(microseconds=1)
TABLES = [Base.metadata.tables["browser_sessions"]]


@pytest.fixture(name="session")
def _session(sessions: Sessions) -> Iterator[Session]:
    """Begin four sessions: one has ended, one ends at this instant, two continue."""
    with sessions() as session:
        for name, ends_at in (
            ("over", NOW - INSTANT),
            ("ending", NOW),
            ("ada", NOW + timedelta(hours=1)),
            ("grace", NOW + timedelta(hours=1)),
        ):
            assert store.add(session, begun(name, ends_at=ends_at))
        yield session


def begun(
    name: str, *, ends_at: datetime = NOW + timedelta(hours=1), link: str | None = None
) -> BrowserSession:
    return BrowserSession(
        cookie_digest=name,
        link_id=link or f"link of {name}",
        token_id=None,
        subject=name,
        roles=["board"],
        began_at=NOW - timedelta(hours=1),
        ends_at=ends_at,
    )


@pytest.mark.parametrize(
    ("cookie", "changed"),
    [("ada", {"ada"}), ("ending", set()), ("over", set()), ("unknown", set())],
)
def test_ending_a_session_changes_no_other_and_no_earlier_end(
    session: Session, cookie: str, changed: set[str]
) -> None:
    done = changes_of(session, TABLES, lambda: store.end(session, cookie, NOW))
    assert {key[0] for _, key in done.changed} == changed
    for row in done.changed:
        assert done.after[row]["ends_at"] == NOW


def test_only_sessions_that_ended_before_an_instant_are_deleted(session: Session) -> None:
    done = changes_of(session, TABLES, lambda: store.delete_ended(session, NOW))
    assert {key[0] for _, key in done.deleted} == {"over"}
    assert not done.changed


def test_a_session_is_found_until_the_instant_at_which_it_ends(session: Session) -> None:
    found = {name: store.find(session, name, NOW) for name in ("over", "ending", "ada", "unknown")}
    assert {name for name, one in found.items() if one is not None} == {"ada"}


def test_used_link_begins_no_other_session(session: Session) -> None:
    assert not store.add(session, begun("another browser", link="link of ada"))
    assert store.find(session, "another browser", NOW) is None
