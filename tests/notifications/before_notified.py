"""A database of the release before notified items were stored, with rows of every kind."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from alembic import command
from sqlalchemy.orm import Session, sessionmaker
from tests.notifications.calendars import entries_in
from tests.notifications.factories import GROUP
from tests.notifications.fakes import OutgoingMail
from tests.support.postgres import PostgresServer

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


def of_before(postgres: PostgresServer) -> str:
    """Give the URL of a database of the version before, with rows."""
    url = postgres.new_database()
    command.upgrade(alembic_config(url, MIGRATIONS), BEFORE)
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql(ROWS, PARAMETERS)
    engine.dispose()
    return url


@contextmanager
def upgraded(url: str) -> Iterator[OutgoingMail]:
    """Upgrade, and send from there."""
    migrate(url, MIGRATIONS)
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    yield OutgoingMail(sessionmaker(engine, class_=Session, expire_on_commit=False))
    engine.dispose()


def rows(outgoing: OutgoingMail, query: str) -> list[tuple[Any, ...]]:
    with outgoing.sessions() as session:
        return [tuple(row) for row in session.execute(sa.text(query))]


def sent(outgoing: OutgoingMail) -> dict[str, list[str]]:
    """Subjects of the e-mails in words by recipient, as FakeContacts gives addresses."""
    found: dict[str, list[str]] = {}
    for _, mail in outgoing.mailer.sent:
        if not str(mail["Subject"]).startswith("Calendar: "):
            found.setdefault(str(mail["To"])[-len("a0@school.example>") :][:2], []).append(mail["Subject"])
    return found


def calendar(outgoing: OutgoingMail) -> list[tuple[str, str, int]]:
    return entries_in(mail for _, mail in outgoing.mailer.sent)
