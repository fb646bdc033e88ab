"""The migration to what each person has been told, from the head before and with rows of every kind."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from alembic import command
from sqlalchemy.orm import Session, sessionmaker
from tests.notifications.calendars import entries_in
from tests.notifications.factories import GROUP, cause, session_scheduled
from tests.notifications.fakes import NOW, FakeOffice
from tests.support.postgres import PostgresServer

from hub_contracts.enrolment import ApplicationSubmitted, SessionRescheduled
from hub_notifications.commands import ResendMessage
from hub_notifications.handlers import applications, work_groups
from hub_notifications.handlers import messages as handlers
from hub_platform.migrations import alembic_config, migrate
from hub_platform.runner import migrations_of

MIGRATIONS = migrations_of("hub_notifications")
BEFORE = "0006_mail_servers"
ADA, EMMY, LEFT, DONE, WAITS, APPLIES, LEAD = (f"00000000-0000-0000-0000-0000000000a{n}" for n in range(7))
TOLD, MOVED, CANCELLED, GONE = (f"00000000-0000-0000-0000-0000000000b{n}" for n in range(4))
OFFER, APPLICATION, VISIT, DECIDED = (f"00000000-0000-0000-0000-0000000000c{n}" for n in range(4))
ROWS = f"""
INSERT INTO work_groups VALUES ('{GROUP}', 'Fractions in Year 5', 1);
INSERT INTO inbox_subjects (subscription, source, subject, revision)
VALUES ('notifications', 'test', 'applications/{DECIDED}', 3);
INSERT INTO schools VALUES ('110623', 'Fen Primary', 1);
INSERT INTO group_sessions (session_id, work_group_id, seq, starts_at, ends_at, mode, host_urn, ics_sequence,
                            revision, cancelled)
SELECT id::uuid, '{GROUP}', seq, '2026-10-06T15:00Z'::timestamptz + seq * interval '7 days',
       '2026-10-06T17:00Z'::timestamptz + seq * interval '7 days', 'online', NULL, ics, 1, cancelled
FROM (VALUES ('{TOLD}', 1, 0, false), ('{MOVED}', 2, 1, false), ('{CANCELLED}', 3, 1, true),
             ('{GONE}', 4, 1, true)) AS given (id, seq, ics, cancelled);
INSERT INTO places (enrolment_id, work_group_id, teacher_id, active, changed_at, revision)
SELECT who::uuid, '{GROUP}', who::uuid, active, '2026-09-01Z', 1
FROM (VALUES ('{ADA}', true), ('{EMMY}', true), ('{LEFT}', false), ('{DONE}', true)) AS given (who, active);
INSERT INTO messages (id, template, recipient_ref, dedupe_key, concerns, about, status, attempts, uncertain,
                      handed_over, due_at, reason, sent_at, claim, claimed_until, created_at, changed_at)
SELECT ('00000000-0000-0000-0000-00000000d0' || lpad(n::text, 2, '0'))::uuid, template, who, 'key:' || n,
       concerns, about::jsonb, status, 0, 0, status = 'sending', '2026-09-05Z',
       CASE WHEN status = 'suppressed' THEN 'withdrawn' END,
       CASE WHEN status = 'sent' THEN '2026-09-05Z'::timestamptz END,
       CASE WHEN status = 'sending' THEN '{ADA}'::uuid END,
       CASE WHEN status = 'sending' THEN '2026-09-05Z'::timestamptz END,
       '2026-09-04Z'::timestamptz + n * interval '1 minute', '2026-09-05Z'
FROM (VALUES
    (1, 'place_confirmed', '{ADA}', 'enrolments/{ADA}', %(told)s, 'sent'),
    (2, 'session_scheduled', '{ADA}', 'enrolments/{ADA}', %(moved)s, 'sent'),
    (3, 'session_rescheduled', '{ADA}', 'enrolments/{ADA}', %(moved)s, 'sending'),
    (4, 'session_scheduled', '{ADA}', 'enrolments/{ADA}', %(cancelled)s, 'sent'),
    (5, 'session_cancelled', '{ADA}', 'enrolments/{ADA}', %(cancelled)s, 'due'),
    (6, 'session_scheduled', '{ADA}', 'enrolments/{ADA}', %(gone)s, 'sent'),
    (7, 'session_cancelled', '{ADA}', 'enrolments/{ADA}', %(gone)s, 'sent'),
    (8, 'place_confirmed', '{EMMY}', 'enrolments/{EMMY}', %(told)s, 'due'),
    (9, 'place_confirmed', '{LEFT}', 'enrolments/{LEFT}', %(told)s, 'suppressed'),
    (10, 'place_confirmed', '{DONE}', 'enrolments/{DONE}', %(told)s, 'sent'),
    (11, 'participant_completed', '{DONE}', 'enrolments/{DONE}', %(none)s, 'due'),
    (12, 'place_offered', '{WAITS}', 'waiting-list/{OFFER}', %(offer)s, 'due'),
    (13, 'application_waitlisted', '{APPLIES}', 'applications/{APPLICATION}', %(none)s, 'sent'),
    (14, 'application_declined', '{APPLIES}', 'applications/{APPLICATION}', %(none)s, 'due'),
    (15, 'visit_planned', '{LEAD}', 'visits/{VISIT}', %(visit)s, 'due')
) AS given (n, template, who, concerns, about, status)
"""  # noqa: S608 - made of constants


def about(*session_ids: str, **more: str) -> str:
    named = ", ".join(f'"{each}"' for each in session_ids)
    facts = "".join(f', "{name}": "{value}"' for name, value in more.items())
    return f'{{"work_group_id": "{GROUP}", "session_ids": [{named}]{facts}}}'


PARAMETERS = {
    "told": about(TOLD),
    "moved": about(MOVED),
    "cancelled": about(CANCELLED),
    "gone": about(GONE),
    "none": f'{{"work_group_id": "{GROUP}"}}',
    "offer": about(expires_at="2026-09-14T23:00:00+00:00", offer_told_at="2026-09-04T09:00:00+00:00"),
    "visit": '{"urn": "110623", "planned_at": "2026-11-20T09:30:00+00:00", "kind": "support"}',
}


@pytest.fixture(name="url")
def _url(postgres: PostgresServer) -> str:
    """A database of the version before, with rows."""
    url = postgres.new_database()
    command.upgrade(alembic_config(url, MIGRATIONS), BEFORE)
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql(ROWS, PARAMETERS)
    engine.dispose()
    return url


@pytest.fixture(name="office")
def _office(url: str) -> Iterator[FakeOffice]:
    """Sends from the database after the upgrade."""
    migrate(url, MIGRATIONS)
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    yield FakeOffice(sessionmaker(engine, class_=Session, expire_on_commit=False))
    engine.dispose()


def rows(office: FakeOffice, query: str) -> list[tuple[Any, ...]]:
    with office.sessions() as session:
        return [tuple(row) for row in session.execute(sa.text(query))]


def sent(office: FakeOffice) -> dict[str, list[str]]:
    """Subjects of the e-mails in words by recipient, as FakeContacts gives addresses."""
    found: dict[str, list[str]] = {}
    for _, mail in office.mailer.letters:
        if not str(mail["Subject"]).startswith("Calendar: "):
            found.setdefault(str(mail["To"])[-len("a0@school.example>") :][:2], []).append(mail["Subject"])
    return found


def calendar(office: FakeOffice) -> list[tuple[str, str, int]]:
    return entries_in(mail for _, mail in office.mailer.letters)


def test_what_was_sent_counts_as_told_and_what_waits_does_not(office: FakeOffice) -> None:
    told = rows(office, "SELECT item, facts ->> 'removed', teacher_id::text FROM told_items")
    assert sorted(each[:2] for each in told if each[2] == ADA) == [
        ("place", None),
        (f"session:{TOLD}", "false"),
        (f"session:{GONE}", "true"),
    ]
    places = "SELECT teacher_id::text, facts ->> 'state' FROM told_items WHERE item = 'place' ORDER BY 1"
    assert rows(office, places) == [(ADA, "active"), (LEFT, "withdrawn"), (DONE, "active")]
    states = "SELECT teacher_id::text, state FROM places ORDER BY 1"
    assert rows(office, states) == [
        (ADA, "active"),
        (EMMY, "active"),
        (LEFT, "withdrawn"),
        (DONE, "completed"),
    ]


def test_one_message_is_due_in_each_thread(office: FakeOffice) -> None:
    due = rows(
        office, "SELECT recipient_ref, count(*) FROM messages WHERE status = 'due' GROUP BY 1 ORDER BY 1"
    )
    assert due == [(who, 1) for who in (ADA, EMMY, DONE, WAITS, APPLIES, LEAD)]
    assert rows(office, "SELECT count(*) FROM messages WHERE reason = 'merged'") == [(1,)]
    assert rows(office, "SELECT count(*) FROM messages WHERE status = 'sending'") == [(0,)]
    assert rows(office, "SELECT max(uncertain) FROM messages") == [(1,)]


def test_what_was_due_is_told_once_with_what_holds_now(office: FakeOffice) -> None:
    office.send_all()
    subjects = sent(office)
    assert {who: len(each) for who, each in subjects.items()} == dict.fromkeys(
        [who[-2:] for who in (ADA, EMMY, DONE, WAITS, APPLIES, LEAD)], 1
    )
    templates = "SELECT recipient_ref, template FROM messages WHERE sent_at > '2026-09-06Z' AND item = ''"
    assert dict(rows(office, templates)) == {
        ADA: "sessions_changed",
        EMMY: "place_confirmed",
        DONE: "participant_completed",
        WAITS: "place_offered",
        APPLIES: "application_declined",
        LEAD: "visit_planned",
    }
    office.mailer.letters.clear()
    office.later(days=1)
    office.send_all()
    assert office.subjects == []


def test_entries_of_before_are_changed_under_their_own_identifiers(office: FakeOffice) -> None:
    office.send_all()
    old = [each for each in calendar(office) if each[1].startswith("session-")]
    assert sorted(old) == [
        ("CANCEL", f"session-{CANCELLED}@test", 2),
        ("REQUEST", f"session-{MOVED}@test", 2),
    ]


def test_a_session_that_is_moved_after_the_upgrade_moves_the_entry_of_before(office: FakeOffice) -> None:
    office.send_all()
    office.mailer.letters.clear()
    later = datetime(2026, 12, 1, 15, 0, tzinfo=UTC)
    facts = vars(session_scheduled()) | {
        "session_id": TOLD,
        "starts_at": later,
        "ends_at": later + timedelta(hours=2),
        "mode": "online",
        "host_urn": None,
        "ics_sequence": 1,
    }
    with office.sessions.begin() as session:
        work_groups.on_session_changed(session, SessionRescheduled(**facts), cause(2))
    office.send_all()
    assert ("REQUEST", f"session-{TOLD}@test", 1) in calendar(office)
    assert all(uid == f"session-{TOLD}@test" or EMMY in uid for _, uid, _ in calendar(office))


def test_what_was_sent_before_can_be_asked_for_again(office: FakeOffice) -> None:
    office.send_all()
    for (message_id,) in rows(office, "SELECT id FROM messages WHERE sent_at < '2026-09-06Z'"):
        with office.sessions.begin() as session:
            handlers.resend_message(session, ResendMessage(message_id=message_id), now=NOW, by="staff")
    office.send_all()
    repeats = "SELECT DISTINCT status, reason FROM messages WHERE resend_of IS NOT NULL ORDER BY 1, 2"
    outcome = rows(office, repeats)
    assert ("sent", None) in outcome
    assert {reason for _, reason in outcome} <= {
        None,
        "session_cancelled",
        "application_over",
        "withdrawn",
    }


def test_what_was_decided_before_is_not_undecided_again_by_events_from_the_log(office: FakeOffice) -> None:
    submitted = ApplicationSubmitted(
        application_id=UUID(DECIDED),
        work_group_id=GROUP,
        urn="110623",
        teachers_n=1,
        teacher_ids=[UUID(ADA)],
        agreement_version="2026",
    )
    with office.sessions.begin() as session:
        applications.on_application_changed(session, submitted, cause(1))
    states = rows(office, "SELECT application_id::text, state FROM applications ORDER BY 1")
    assert states == [(APPLICATION, "declined"), (DECIDED, "accepted")]


def test_the_way_back_works_and_loses_no_place(url: str, office: FakeOffice) -> None:
    office.send_all()
    office.sessions.kw["bind"].dispose()
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
