"""The sentence about the calendar matches the entries that are sent."""

from datetime import timedelta

import pytest
from tests.notifications.factories import enrol, know_the_basics, react, schedule
from tests.notifications.fakes import NOW, OutgoingMail

from hub_contracts.enrolment import SessionCancelled
from hub_contracts.vocabulary import SessionCancellationReason
from hub_notifications.handlers import work_groups
from hub_platform.database import Sessions


@pytest.fixture(name="known")
def _known(sessions: Sessions) -> Sessions:
    know_the_basics(sessions)
    return sessions


def last_text(outgoing: OutgoingMail) -> str:
    """The plain text of the last e-mail in words."""
    outgoing.send_all()
    in_words = [mail for _, mail in outgoing.mailer.sent if not str(mail["Subject"]).startswith("Calendar: ")]
    part = in_words[-1].get_body(("plain",))
    assert part is not None
    return str(part.get_content())


@pytest.mark.parametrize(
    ("upcoming_sessions", "words"),
    [
        (0, None),
        (1, "This e-mail also adds this date to your calendar."),
        (
            3,
            'whose subject begins with "Calendar:". They add these dates to your calendar.',
        ),
    ],
)
def test_e_mail_announces_its_calendar_entries(
    known: Sessions, outgoing: OutgoingMail, upcoming_sessions: int, words: str | None
) -> None:
    for n in range(upcoming_sessions):
        schedule(
            known, seq=n + 1, starts_at=NOW + timedelta(days=9 + n), ends_at=NOW + timedelta(days=9.1 + n)
        )
    enrol(known, 1)
    text = last_text(outgoing)
    assert (words in text) if words else ("your calendar" not in text)


def test_session_without_an_entry_causes_no_calendar_sentence(
    known: Sessions, outgoing: OutgoingMail
) -> None:
    enrol(known, 1)
    outgoing.send_all()
    event = schedule(known)
    cancelled = SessionCancelled(
        **(vars(event) | {"ics_sequence": 1}), reason=SessionCancellationReason.WEATHER
    )
    with known.begin() as session:
        react(work_groups.on_session_changed, session, cancelled, 5, happened_at=NOW + timedelta(minutes=1))
    outgoing.later(minutes=2)
    text = last_text(outgoing)
    assert "is cancelled" in text
    assert "your calendar" not in text
