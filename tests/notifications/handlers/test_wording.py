"""Why a message cannot be written: each reason has its code, and says whether waiting may help."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from jinja2 import UndefinedError
from tests.notifications.factories import GROUP, cause, know_the_basics, schedule, session_scheduled
from tests.notifications.fakes import HOST, NOW

from hub_contracts.enrolment import SessionCancelled
from hub_notifications.gateways import Contact
from hub_notifications.handlers import wording, work_groups
from hub_notifications.handlers.wording import CannotWrite
from hub_notifications.models import Message
from hub_platform.database import Sessions

ADA = Contact(given="Ada", family="Lovelace", email="ada@school.example")


@pytest.fixture(name="meeting")
def _meeting(sessions: Sessions) -> UUID:
    """Let the group and its first session be known."""
    know_the_basics(sessions)
    return schedule(sessions).session_id


def message(template: str, meeting: UUID | None = None, **about: Any) -> Message:
    told = {"work_group_id": str(GROUP), "session_ids": [str(meeting or uuid4())]} | about
    return Message(id=uuid4(), template=template, about=told)


def write(sessions: Sessions, one: Message, contact: Contact | None = ADA) -> Any:
    """Write a message with what is known."""
    with sessions() as session:
        facts = wording.load_facts(session, [one])
    return wording.write(one, contact, facts, HOST, now=NOW)


def refusal(sessions: Sessions, one: Message, contact: Contact | None = ADA) -> tuple[str, bool]:
    with pytest.raises(CannotWrite) as caught:
        write(sessions, one, contact)
    return caught.value.reason, caught.value.permanent


def test_a_message_to_a_person_without_an_address_is_never_written(sessions: Sessions, meeting: UUID) -> None:
    one = message("session_scheduled", meeting)
    assert refusal(sessions, one, None) == ("no_address", True)


def test_a_message_to_an_address_that_is_none_is_never_written(sessions: Sessions, meeting: UUID) -> None:
    nowhere = Contact(given="Ada", family="Lovelace", email="nowhere")
    assert refusal(sessions, message("session_scheduled", meeting), nowhere) == ("bad_address", True)


def test_a_message_about_a_session_that_is_not_known_waits_for_it(sessions: Sessions, meeting: UUID) -> None:
    assert refusal(sessions, message("session_scheduled")) == ("facts_missing", False)


def test_a_message_about_a_group_that_is_not_known_waits_for_it(sessions: Sessions, meeting: UUID) -> None:
    one = message("participant_completed", work_group_id=str(uuid4()))
    assert refusal(sessions, one) == ("facts_missing", False)


def test_a_message_of_an_unknown_template_is_never_written(sessions: Sessions, meeting: UUID) -> None:
    assert refusal(sessions, message("session_dreamt_of", meeting)) == ("bad_template", True)


def test_once_a_session_is_cancelled_only_that_is_written(sessions: Sessions, meeting: UUID) -> None:
    told = session_scheduled(session_id=meeting, ics_sequence=1).to_data() | {"reason": "weather"}
    with sessions.begin() as session:
        work_groups.on_session_cancelled(session, SessionCancelled.from_data(told), cause(2))
    assert refusal(sessions, message("session_scheduled", meeting)) == ("session_cancelled", True)
    assert write(sessions, message("session_cancelled", meeting))


def test_once_an_offer_is_over_only_that_is_written(sessions: Sessions, meeting: UUID) -> None:
    over, stands = NOW.isoformat(), (NOW + timedelta(microseconds=1)).isoformat()
    assert refusal(sessions, message("place_offered", expires_at=over)) == ("offer_over", True)
    assert write(sessions, message("place_offer_expired", expires_at=over))
    assert write(sessions, message("place_offered", expires_at=stands))


def test_a_message_whose_template_is_broken_is_tried_again(
    sessions: Sessions, meeting: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_words: Any) -> Any:
        raise UndefinedError

    monkeypatch.setattr(wording, "render", broken)
    assert refusal(sessions, message("session_scheduled", meeting)) == ("bad_template", False)
