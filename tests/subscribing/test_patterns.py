"""The functions that docs/subscribing.md gives its readers do what the page says, whatever comes."""

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.subscribing import page
from tests.subscribing.feeding import HALF_DAYS, visit

from hub_messaging.envelope import newest_before

Names = dict[str, Any]
TYPES = ["Planned", "Moved", "Logged", "Logged.v2"]


def names_of(file: str) -> Names:
    """Return the names that a Python file of the page defines."""
    names: Names = {}
    exec(compile(page.files(page.text())[file], file, "exec"), names)  # noqa: S102 - our own page
    return names


SUBJECTS = names_of("hub_subjects.py")
keep, missing = SUBJECTS["keep"], SUBJECTS["missing"]


@pytest.fixture(name="inbox")
def _inbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Names:
    monkeypatch.chdir(tmp_path)
    return names_of(page.SHARED)


def rows(database: sqlite3.Connection, statement: str) -> list[tuple[Any, ...]]:
    return database.execute(statement).fetchall()


@given(orders=st.permutations([0, 1, 2] * 2), first=st.booleans())
def test_the_newest_state_is_the_same_in_any_order(orders: list[int], *, first: bool) -> None:
    events = visit()
    database = sqlite3.connect(":memory:")
    for number in orders:
        keep(database, events[number])
    if first:
        keep(database, events[0] | {"source": "/hubs/other/visits"})  # another hub's subject is another one
    found = {(source, revision) for source, revision in rows(database, "SELECT source, revision FROM visits")}
    database.close()
    assert found == {(events[0]["source"], 3)} | ({("/hubs/other/visits", 1)} if first else set())


@given(
    types=st.lists(st.sampled_from(TYPES), max_size=12),
    subscribed=st.sets(st.sampled_from(TYPES), min_size=1),
    data=st.data(),
)
def test_a_lost_event_is_noticed_and_another_gap_is_not(
    types: list[str], subscribed: set[str], data: st.DataObject
) -> None:
    newest: dict[str, int] = {}
    reached = before = 0  # the newest revision that came, and that should have come
    for revision, type_ in enumerate(types, start=1):
        after = ",".join(f"{key}={number}" for key, number in newest.items())
        event = {"after": after} if after else {}
        if type_ in subscribed and data.draw(st.booleans(), label=f"{revision} comes"):
            assert missing(event, subscribed, reached) == (before if before > reached else 0)
            assert missing(event, subscribed, 0) == newest_before(revision, event.get("after"), subscribed)
            reached = revision
        before = revision if type_ in subscribed else before
        newest[type_] = revision


def test_the_table_of_the_page_is_right() -> None:
    _, reassigned, logged = visit()
    subscribed = {"VisitPlanned", "VisitLogged", "VisitCancelled"}
    section = page.sections()["Predecessors: `after`"]
    assert f"`{reassigned['after']}`" in section
    assert f"`{logged['after']}`" in section
    assert [missing(logged, subscribed, reached) for reached in (0, 1, 3)] == [1, 0, 0]
    assert missing(logged | {"after": None}, subscribed, 0) == 0


@pytest.mark.parametrize("body", [b"{", b"[1]", b"null", b'{"id": "1"}', b"\xff\xfe", b"1"])
def test_what_is_no_event_changes_nothing(inbox: Names, body: bytes) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        inbox["take"](body)
    assert rows(inbox["database"], "SELECT * FROM inbox") == []


def test_an_effect_that_fails_is_not_noted_as_seen(inbox: Names) -> None:
    """So the next delivery can succeed."""
    take: Callable[[bytes], None] = inbox["take"]
    logged = visit()[-1]
    broken = logged | {"data": {"urn": "136217"}}
    with pytest.raises(KeyError):
        take(json.dumps(broken).encode())
    for _ in range(3):
        take(json.dumps(logged).encode())
    assert rows(inbox["database"], "SELECT urn, total FROM half_days") == [("136217", HALF_DAYS)]


def test_a_version_that_the_program_does_not_know_is_not_counted(inbox: Names) -> None:
    logged = visit()[-1]
    inbox["take"](
        json.dumps(logged | {"dataschema": "https://hub.example.org/schemas/VisitLogged/2"}).encode()
    )
    assert rows(inbox["database"], "SELECT * FROM half_days") == []
    assert len(rows(inbox["database"], "SELECT * FROM inbox")) == 1
