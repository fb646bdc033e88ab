"""A term with a frozen clock: for each person every message with its time, as in a golden file.

The clock stands still while events arrive. It moves on only to the next instant at which something happens:
an event, a message that becomes due, or a reminder. After an intended change, write the golden file again
with `GOLDEN=write python -m pytest tests/notifications/handlers/test_a_term.py`, and read the difference.
"""

import os
from collections.abc import Sequence
from datetime import datetime, timedelta
from email.utils import parseaddr
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import select
from tests.notifications.fakes import OutgoingMail
from tests.notifications.terms import autumn
from tests.notifications.timed_events import PEOPLE, REVISIONS_FROM, TimedEvent, apply

from hub_kernel.england import ENGLAND, day_in_england, instant_in_england
from hub_notifications.domain.reminders import DAYS_BEFORE
from hub_notifications.domain.sending_hours import OPENS
from hub_notifications.handlers import reminders
from hub_notifications.models import GroupSession, Message
from hub_platform.database import Sessions

GOLDEN = Path(__file__).parent.parent / "a_term.txt"


def play(outgoing: OutgoingMail, happenings: Sequence[TimedEvent], until: datetime) -> list[str]:
    """Play a term; a line for each message: when, to whom, which kind, its subject."""
    waiting, log = list(happenings), list[str]()
    while outgoing.now < until:
        while waiting and waiting[0].at <= outgoing.now:
            with outgoing.sessions.begin() as session:
                apply(session, waiting.pop(0), now=outgoing.now)
        remind(outgoing)
        log += send(outgoing)
        outgoing.now = outgoing.real_now = min([*next_instants(outgoing, waiting), until])
    return sorted(log)


def remind(outgoing: OutgoingMail) -> None:
    with outgoing.sessions.begin() as session:
        reminders.schedule_reminders(session, now=outgoing.now)


def send(outgoing: OutgoingMail) -> list[str]:
    sent = len(outgoing.mailer.sent)
    outgoing.send_all()
    local, lines = outgoing.now.astimezone(ENGLAND), []
    for _, mail in outgoing.mailer.sent[sent:]:
        person = parseaddr(str(mail["To"]))[1].partition("@")[0]
        lines.append(f"{PEOPLE[person]:<6} {local:%Y-%m-%d %a %H:%M}  {mail['Subject']}")
    return lines


def next_instants(outgoing: OutgoingMail, waiting: Sequence[TimedEvent]) -> list[datetime]:
    """The next event, the next due message, and the next instants at which a reminder may be due."""
    with outgoing.sessions() as session:
        due = list(session.scalars(select(Message.due_at).where(Message.status == "due")))
        starts = session.scalars(select(GroupSession.starts_at)).all()
    tomorrow = day_in_england(outgoing.now) + timedelta(days=1)
    found = [*due, instant_in_england(tomorrow, OPENS)]
    found += [start - timedelta(days=days) for start in starts for days in DAYS_BEFORE]
    found += [waiting[0].at] if waiting else []
    return [each for each in found if each > outgoing.now]


def shuffled(happenings: Sequence[TimedEvent], seed: int) -> list[TimedEvent]:
    """Events of one instant in another order, but in order within each subject, and each perhaps twice."""
    random = Random(seed)
    found: list[TimedEvent] = []
    for instant in sorted({each.at for each in happenings}):
        queues: dict[str, list[TimedEvent]] = {}
        for each in happenings:
            if each.at == instant:
                queues.setdefault(each.subject, []).append(each)
        while queues:
            subject = random.choice(sorted(queues))
            each = queues[subject].pop(0)
            found += [each] * random.choice((1, 1, 2))
            if not queues[subject]:
                del queues[subject]
    return found


@pytest.fixture(name="frozen")
def _frozen(sessions: Sessions) -> OutgoingMail:
    outgoing = OutgoingMail(sessions)
    outgoing.now = outgoing.real_now = REVISIONS_FROM
    outgoing.contacts.email = lambda teacher_id: f"{teacher_id}@school.example"
    return outgoing


def test_each_person_gets_exactly_these_messages(frozen: OutgoingMail) -> None:
    happenings = autumn()
    lines = play(frozen, happenings, happenings[-1].at + timedelta(days=10))
    text = "\n".join(lines) + "\n"
    if os.environ.get("GOLDEN") == "write":
        GOLDEN.write_text(text, "utf-8")
    assert text == GOLDEN.read_text("utf-8")


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_shuffled_and_repeated_events_send_the_same_messages(frozen: OutgoingMail, seed: int) -> None:
    happenings = autumn()
    lines = play(frozen, shuffled(happenings, seed), happenings[-1].at + timedelta(days=10))
    assert "\n".join(lines) + "\n" == GOLDEN.read_text("utf-8")
