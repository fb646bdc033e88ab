"""A session that moves or is cancelled: a letter for each change, with a calendar file that replaces one."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta

import pytest
from icalendar import Calendar
from sqlalchemy.orm import Session
from tests.notifications.factories import cause, enrol, know_the_basics, messages, schedule
from tests.notifications.fakes import NOW

from hub_contracts.enrolment import SessionCancelled, SessionRescheduled, SessionScheduled
from hub_notifications.gateways import Contact
from hub_notifications.handlers import wording, work_groups
from hub_notifications.handlers.wording import CannotWrite
from hub_notifications.models import Message
from hub_notifications.templates.invitations import Host
from hub_platform.database import Sessions

WEEK = timedelta(days=7)
HOST = Host(hub_id="test", hub_name="Test Hub", mail_from="hub@hub.example")
ADA = Contact(given="Ada", family="Lovelace", email="ada@school.example")


def moved(event: SessionScheduled, sequence: int = 1) -> SessionRescheduled:
    times = {"starts_at": event.starts_at + WEEK, "ends_at": event.ends_at + WEEK}
    return SessionRescheduled(**asdict(event) | times | {"ics_sequence": sequence})


def cancelled(event: SessionScheduled, sequence: int = 1) -> SessionCancelled:
    return SessionCancelled(**asdict(event) | {"ics_sequence": sequence, "reason": "weather"})


def hear(sessions: Sessions, event: SessionScheduled, revision: int) -> None:
    with sessions.begin() as session:
        react(session, event, revision)


def react(session: Session, event: SessionScheduled, revision: int) -> None:
    if isinstance(event, SessionCancelled):
        work_groups.on_session_cancelled(session, event, cause(revision))
    else:
        assert isinstance(event, SessionRescheduled)
        work_groups.on_session_rescheduled(session, event, cause(revision))


def statuses(sessions: Sessions) -> list[tuple[str, str, str | None]]:
    about = [each for each in messages(sessions) if each.template != "place_confirmed"]
    return [(each.template, each.status, each.reason) for each in about]


def calendar(sessions: Sessions, message: Message) -> tuple[str, Calendar]:
    """The method that the letter names, and the calendar file."""
    with sessions() as session:
        facts = wording.load_facts(session, [message])
    letter = wording.write(message, ADA, facts, HOST, now=NOW)
    (part,) = (part for part in letter.walk() if part.get_content_type() == "text/calendar")
    content = part.get_content()
    return part.get_param("method"), Calendar.from_ical(content)  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("change", "template", "method"),
    [(moved, "session_rescheduled", "REQUEST"), (cancelled, "session_cancelled", "CANCEL")],
)
def test_a_change_replaces_the_invitation(
    sessions: Sessions, change: Callable[[SessionScheduled], SessionScheduled], template: str, method: str
) -> None:
    know_the_basics(sessions)
    enrol(sessions)
    event = schedule(sessions)
    first = messages(sessions)[-1]
    _, before = calendar(sessions, first)
    hear(sessions, change(event), 2)
    assert statuses(sessions) == [("session_scheduled", "suppressed", template), (template, "due", None)]
    last = messages(sessions)[-1]
    named, after = calendar(sessions, last)
    old, new = before.walk("VEVENT")[0], after.walk("VEVENT")[0]
    assert (named, after["METHOD"], new["UID"]) == (method, method, old["UID"])
    assert (old["SEQUENCE"], new["SEQUENCE"]) == (0, 1)
    assert new["ATTENDEE"] == "mailto:ada@school.example"
    assert new.get("STATUS") == ("CANCELLED" if method == "CANCEL" else None)


def test_the_same_change_twice_is_told_once_and_an_older_one_not_at_all(sessions: Sessions) -> None:
    enrol(sessions)
    event = schedule(sessions)
    hear(sessions, cancelled(event, 2), 3)
    hear(sessions, cancelled(event, 2), 3)
    hear(sessions, moved(event), 2)
    assert statuses(sessions) == [
        ("session_scheduled", "suppressed", "session_cancelled"),
        ("session_cancelled", "due", None),
    ]


@pytest.mark.parametrize(("ends_at", "told"), [(NOW, 0), (NOW + timedelta(seconds=1), 1)])
def test_nobody_is_told_that_what_is_over_is_cancelled(
    sessions: Sessions, ends_at: object, told: int
) -> None:
    enrol(sessions)
    event = schedule(sessions, starts_at=NOW - timedelta(hours=2), ends_at=ends_at)
    hear(sessions, cancelled(event), 2)
    assert [template for template, _, _ in statuses(sessions)].count("session_cancelled") == told


def test_a_new_participant_is_not_told_of_a_cancelled_session(sessions: Sessions) -> None:
    event, other = schedule(sessions), schedule(sessions, seq=2)
    hear(sessions, cancelled(event), 2)
    enrol(sessions)
    [message] = messages(sessions)
    assert message.about["session_ids"] == [str(other.session_id)]


def test_a_confirmation_that_waits_leaves_out_what_was_cancelled_meanwhile(sessions: Sessions) -> None:
    know_the_basics(sessions)
    event, other = schedule(sessions), schedule(sessions, seq=2)
    enrol(sessions)
    hear(sessions, cancelled(event), 2)
    [confirmation] = [each for each in messages(sessions) if each.template == "place_confirmed"]
    _, file = calendar(sessions, confirmation)
    assert [str(event["UID"]) for event in file.walk("VEVENT")] == [f"session-{other.session_id}@test"]


def test_an_invitation_to_what_was_cancelled_is_not_written(sessions: Sessions) -> None:
    """As when it had been claimed before, or is asked for again."""
    know_the_basics(sessions)
    enrol(sessions)
    event = schedule(sessions)
    invitation = messages(sessions)[-1]
    hear(sessions, cancelled(event), 2)
    with pytest.raises(CannotWrite) as caught:
        calendar(sessions, invitation)
    assert (caught.value.reason, caught.value.permanent) == ("session_cancelled", True)
