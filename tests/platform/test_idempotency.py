"""Answers kept under Idempotency-Keys: each sender's own, erased one by one, forgotten after a day."""

from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.wrappers import Request, Response

from hub_platform import audit, idempotency
from hub_platform.access import Actor
from hub_platform.bodies import MAX_OPEN_BYTES
from hub_platform.clocks import Clocks
from hub_platform.idempotency import KEPT_FOR, Attempt, idempotency_keys
from hub_platform.probes import Probes
from hub_platform.problems import Problem

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
INSTANT = timedelta(microseconds=1)
Database = sessionmaker[Session]


@pytest.fixture(name="database")
def _database(database_url: str) -> Iterator[Database]:
    engine = sa.create_engine(database_url)
    for metadata in (idempotency.metadata, audit.metadata):
        metadata.create_all(engine)
    yield sessionmaker(engine)
    engine.dispose()


def attempt(key: str = "a", actor: str = "ada") -> Attempt:
    return Attempt(actor, key, "fingerprint")


def answer(database: Database, made: Attempt, body: str, *, at: datetime = NOW) -> None:
    """Take a key and keep an answer under it."""
    with database.begin() as session:
        assert idempotency.first_answer(session, made, now=at) is None
        response = Response(body, 201, headers={"Location": f"/{body}", "X-Other": "not kept"})
        idempotency.keep(session, made, response)


def kept(database: Database) -> dict[tuple[str, str], Any]:
    with database() as session:
        return {(row.actor, row.key): row for row in session.execute(sa.select(idempotency_keys))}


def bodies(database: Database) -> dict[tuple[str, str], bytes]:
    return {name: bytes(row.body) for name, row in kept(database).items()}


def test_an_answer_is_kept_under_its_own_key_and_sender_and_under_no_other(database: Database) -> None:
    others = [attempt("b"), attempt(actor="grace")]
    for one in others:
        answer(database, one, one.key + one.actor)
    before = kept(database)
    answer(database, attempt(), "mine")
    after = kept(database)
    assert bytes(after.pop(("ada", "a")).body) == b"mine"
    assert after == before


def test_each_sender_gets_their_own_first_answer_again(database: Database) -> None:
    made = [attempt(), attempt("b"), attempt(actor="grace")]
    for number, one in enumerate(made):
        answer(database, one, f"answer {number}")
    with database.begin() as session:
        given = [idempotency.first_answer(session, one, now=NOW) for one in made]
    assert [one.get_data() for one in given if one is not None] == [b"answer 0", b"answer 1", b"answer 2"]
    assert given[0] is not None
    assert (given[0].status_code, given[0].headers["Location"]) == (201, "/answer 0")
    assert "X-Other" not in given[0].headers


def test_an_erasure_clears_the_answers_that_name_a_person_and_no_other(database: Database) -> None:
    answer(database, attempt("a"), "017 and others")
    answer(database, attempt("b"), "about 018")
    answer(database, attempt("c", actor="grace"), "of 017")
    with database.begin() as session:
        idempotency.erase(session, b"017")
    rows = kept(database)
    assert {name for name, row in rows.items() if row.status == 410} == {("ada", "a"), ("grace", "c")}
    assert bytes(rows["ada", "b"].body) == b"about 018"
    assert rows["ada", "b"].headers["Location"] == "/about 018"
    for name in (("ada", "a"), ("grace", "c")):
        assert b"017" not in rows[name].body
        assert rows[name].headers == {"Content-Type": "application/problem+json"}


def test_only_answers_that_were_kept_before_an_instant_are_forgotten(database: Database) -> None:
    for key, at in (("before", NOW - INSTANT), ("then", NOW), ("after", NOW + INSTANT)):
        answer(database, attempt(key), key, at=at)
    with database.begin() as session:
        idempotency.forget(session, NOW)
    assert bodies(database) == {("ada", "then"): b"then", ("ada", "after"): b"after"}


def test_a_service_forgets_answers_a_day_after_they_were_given_by_the_machines_clock(
    database: Database,
) -> None:
    answer(database, attempt("old"), "old", at=NOW - KEPT_FOR - INSTANT)
    answer(database, attempt("a day"), "a day", at=NOW - KEPT_FOR)
    answer(database, attempt("new"), "new", at=NOW)
    service: Any = SimpleNamespace(housekeeping=database, clocks=Clocks(real=lambda: NOW))
    Probes.apply_retention(service)
    assert set(bodies(database)) == {("ada", "a day"), ("ada", "new")}


def test_a_wrong_clock_deletes_no_more_than_the_oldest_two_hours(database: Database) -> None:
    for hours in range(24):
        answer(database, attempt(f"{hours}"), f"{hours}", at=NOW - timedelta(hours=hours))
    with database.begin() as session:
        idempotency.forget(session, NOW + timedelta(days=401))
        left = session.scalar(sa.select(sa.func.count()).select_from(idempotency_keys))
    assert left == 22


def test_a_body_that_no_rule_reads_is_not_read_for_the_sake_of_its_key() -> None:
    """Before: as many bytes as one liked, into memory."""
    headers = {"Idempotency-Key": "a"}
    for length, refused in ((MAX_OPEN_BYTES, False), (MAX_OPEN_BYTES + 1, True)):
        request = Request.from_values("/", method="POST", data=b"x" * length, headers=headers)
        with pytest.raises(Problem, match="too_large") if refused else nullcontext():
            Attempt.of(request, Actor("ada"))


@pytest.mark.parametrize(("roles", "readable"), [("ab", True), ("abc", True), ("a", False), ("", False)])
def test_an_answer_needs_the_roles_that_its_first_reader_had(
    database: Database, roles: str, readable: bool
) -> None:
    answer(database, replace(attempt(), roles=frozenset("ab")), "both")
    again = replace(attempt(), roles=frozenset(roles))
    with (
        database.begin() as session,
        nullcontext() if readable else pytest.raises(Problem, match="answer_not_readable"),
    ):
        kept = idempotency.first_answer(session, again, now=NOW)
        assert kept is not None
        assert kept.get_data() == b"both"
        assert idempotency.ROLES not in kept.headers


@pytest.mark.parametrize(
    ("raised", "refused"),
    [
        (None, False),
        (Problem(409, "already_there", ""), False),
        (Problem(403, "not_yours", ""), True),
        (Problem(503, "busy", ""), True),
        (KeyError("a fault"), False),
    ],
)
def test_a_repeat_is_tried_for_whether_it_is_still_allowed_and_changes_nothing(
    database: Database, raised: Exception | None, refused: bool
) -> None:
    kept = Response("kept")
    with database.begin() as session:

        def work() -> None:
            session.execute(
                sa.insert(idempotency_keys).values(actor="ada", key="a", fingerprint="f", created_at=NOW)
            )
            if raised is not None:
                raise raised

        with pytest.raises(Problem) if refused else nullcontext():
            assert idempotency.repeated(kept, session, work) is kept
        assert session.execute(sa.select(idempotency_keys)).all() == []


def test_an_answer_is_kept_for_a_day() -> None:
    assert timedelta(hours=24) == KEPT_FOR


def test_every_service_looks_for_old_answers_once_an_hour() -> None:
    (timer,) = Probes.apply_retention.nameko_entrypoints  # type: ignore[attr-defined]
    assert timer.seconds == 3600
