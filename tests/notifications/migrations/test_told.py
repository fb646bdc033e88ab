"""The migration to notified items, from the previous head and with rows of every kind."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from alembic import command
from tests.notifications.before_notified import (
    ADA,
    APPLIES,
    BEFORE,
    CANCELLED,
    DONE,
    EMMY,
    GONE,
    LEAD,
    LEFT,
    MIGRATIONS,
    MOVED,
    TOLD,
    WAITS,
    calendar,
    of_before,
    rows,
    sent,
    upgraded,
)
from tests.notifications.fakes import OutgoingMail
from tests.support.postgres import PostgresServer

from hub_platform.migrations import alembic_config, migrate


@pytest.fixture(name="url")
def _url(postgres: PostgresServer) -> str:
    return of_before(postgres)


@pytest.fixture(name="outgoing")
def _office(url: str) -> Iterator[OutgoingMail]:
    """Sends from the database after the upgrade."""
    with upgraded(url) as outgoing:
        yield outgoing


def test_sent_items_count_as_notified_and_due_items_do_not(outgoing: OutgoingMail) -> None:
    told = rows(outgoing, "SELECT item, facts ->> 'removed', teacher_id::text FROM told_items")
    assert sorted(each[:2] for each in told if each[2] == ADA) == [
        ("place", None),
        (f"session:{TOLD}", "false"),
        (f"session:{GONE}", "true"),
    ]
    places = "SELECT teacher_id::text, facts ->> 'state' FROM told_items WHERE item = 'place' ORDER BY 1"
    assert rows(outgoing, places) == [(ADA, "active"), (LEFT, "withdrawn"), (DONE, "active")]
    states = "SELECT teacher_id::text, state FROM places ORDER BY 1"
    assert rows(outgoing, states) == [
        (ADA, "active"),
        (EMMY, "active"),
        (LEFT, "withdrawn"),
        (DONE, "completed"),
    ]


def test_one_message_is_due_in_each_thread(outgoing: OutgoingMail) -> None:
    due = rows(
        outgoing, "SELECT recipient_ref, count(*) FROM messages WHERE status = 'due' GROUP BY 1 ORDER BY 1"
    )
    assert due == [(who, 1) for who in (ADA, EMMY, DONE, WAITS, APPLIES, LEAD)]
    assert rows(outgoing, "SELECT count(*) FROM messages WHERE reason = 'merged'") == [(1,)]
    assert rows(outgoing, "SELECT count(*) FROM messages WHERE status = 'sending'") == [(0,)]
    assert rows(outgoing, "SELECT max(uncertain) FROM messages") == [(1,)]


def test_due_messages_are_sent_once_with_the_current_state(outgoing: OutgoingMail) -> None:
    outgoing.send_all()
    subjects = sent(outgoing)
    assert {who: len(each) for who, each in subjects.items()} == dict.fromkeys(
        [who[-2:] for who in (ADA, EMMY, DONE, WAITS, APPLIES, LEAD)], 1
    )
    templates = "SELECT recipient_ref, template FROM messages WHERE sent_at > '2026-09-06Z' AND item = ''"
    assert dict(rows(outgoing, templates)) == {
        ADA: "sessions_changed",
        EMMY: "place_confirmed",
        DONE: "participant_completed",
        WAITS: "place_offered",
        APPLIES: "application_declined",
        LEAD: "visit_planned",
    }
    outgoing.mailer.sent.clear()
    outgoing.later(days=1)
    outgoing.send_all()
    assert outgoing.subjects == []


def test_existing_entries_keep_their_uid(outgoing: OutgoingMail) -> None:
    outgoing.send_all()
    old = [each for each in calendar(outgoing) if each[1].startswith("session-")]
    assert sorted(old) == [
        ("CANCEL", f"session-{CANCELLED}@test", 2),
        ("REQUEST", f"session-{MOVED}@test", 2),
    ]


def test_downgrade_keeps_every_place(url: str, outgoing: OutgoingMail) -> None:
    outgoing.send_all()
    outgoing.sessions.kw["bind"].dispose()
    command.downgrade(alembic_config(url, MIGRATIONS), BEFORE)
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        places = connection.exec_driver_sql("SELECT teacher_id::text, active FROM places ORDER BY 1").all()
        cancelled = connection.exec_driver_sql(
            "SELECT session_id::text FROM group_sessions WHERE cancelled ORDER BY 1"
        ).scalars()
        assert [tuple(row) for row in places] == [(ADA, True), (EMMY, True), (LEFT, False), (DONE, True)]
        assert list(cancelled) == [CANCELLED, GONE]
    engine.dispose()
    migrate(url, MIGRATIONS)
