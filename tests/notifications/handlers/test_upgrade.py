"""After the upgrade: events and requests about what the version before had sent."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from tests.notifications.before_notified import (
    ADA,
    APPLICATION,
    DECIDED,
    EMMY,
    TOLD,
    calendar,
    of_before,
    rows,
    upgraded,
)
from tests.notifications.factories import GROUP, react, session_scheduled
from tests.notifications.fakes import NOW, OutgoingMail
from tests.support.postgres import PostgresServer

from hub_contracts.enrolment import ApplicationSubmitted, SessionRescheduled
from hub_notifications.commands import ResendMessage
from hub_notifications.handlers import applications, work_groups
from hub_notifications.handlers import messages as handlers


@pytest.fixture(name="url")
def _url(postgres: PostgresServer) -> str:
    return of_before(postgres)


@pytest.fixture(name="outgoing")
def _office(url: str) -> Iterator[OutgoingMail]:
    """Sends from the database after the upgrade."""
    with upgraded(url) as outgoing:
        yield outgoing


def test_session_moved_after_the_upgrade_updates_the_old_entry(outgoing: OutgoingMail) -> None:
    outgoing.send_all()
    outgoing.mailer.sent.clear()
    later = datetime(2026, 12, 1, 15, 0, tzinfo=UTC)
    facts = vars(session_scheduled()) | {
        "session_id": TOLD,
        "starts_at": later,
        "ends_at": later + timedelta(hours=2),
        "mode": "online",
        "host_urn": None,
        "ics_sequence": 1,
    }
    with outgoing.sessions.begin() as session:
        react(work_groups.on_session_changed, session, SessionRescheduled(**facts), 2)
    outgoing.send_all()
    assert ("REQUEST", f"session-{TOLD}@test", 1) in calendar(outgoing)
    assert all(uid == f"session-{TOLD}@test" or EMMY in uid for _, uid, _ in calendar(outgoing))


def test_message_of_an_earlier_release_can_be_resent(outgoing: OutgoingMail) -> None:
    outgoing.send_all()
    for (message_id,) in rows(outgoing, "SELECT id FROM messages WHERE sent_at < '2026-09-06Z'"):
        with outgoing.sessions.begin() as session:
            handlers.resend_message(session, ResendMessage(message_id=message_id), now=NOW, by="staff")
    outgoing.send_all()
    repeats = "SELECT DISTINCT status, reason FROM messages WHERE resend_of IS NOT NULL ORDER BY 1, 2"
    outcome = rows(outgoing, repeats)
    assert ("sent", None) in outcome
    assert {reason for _, reason in outcome} <= {
        None,
        "session_cancelled",
        "application_over",
        "withdrawn",
    }


def test_events_from_the_log_do_not_reopen_decided_applications(
    outgoing: OutgoingMail,
) -> None:
    submitted = ApplicationSubmitted(
        application_id=UUID(DECIDED),
        work_group_id=GROUP,
        urn="110623",
        teachers_n=1,
        teacher_ids=[UUID(ADA)],
        agreement_version="2026",
    )
    with outgoing.sessions.begin() as session:
        react(applications.on_application_changed, session, submitted, 1)
    states = rows(outgoing, "SELECT application_id::text, state FROM applications ORDER BY 1")
    assert states == [(APPLICATION, "declined"), (DECIDED, "accepted")]
