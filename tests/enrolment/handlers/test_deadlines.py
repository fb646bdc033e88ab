"""The deadline of an offer follows the e-mail about it: saved with its event, or nothing."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy.orm import Session
from tests.enrolment.factories import BY, DAY, INSTANT, NOW, events, schools, teacher
from tests.enrolment.messages import offer_failed, offer_sent
from tests.enrolment.steps import call_off, full, stands, tell, withdraw

from hub_contracts.notifications import MessageFailed, MessageSent
from hub_enrolment.commands.mergers import MergeTeachers
from hub_enrolment.commands.waiting_list import AcceptOffer, LeaveWaitingList
from hub_enrolment.handlers import mergers, offers, waiting_list
from hub_enrolment.models import WaitingEntry
from hub_messaging.testing import delivered
from hub_platform.database import Sessions
from hub_platform.reaction_context import ReactionContext

FIRST_END = datetime(2025, 9, 26, 23, 0, tzinfo=UTC)  # of an offer made at NOW, a Saturday
MONDAY = datetime(2025, 9, 22, 6, 30, tzinfo=UTC)
MONDAYS_END = datetime(2025, 9, 29, 23, 0, tzinfo=UTC)
LATE = NOW + 60 * DAY
Message = MessageSent | MessageFailed


def offered(session: Session) -> tuple[UUID, WaitingEntry, WaitingEntry]:
    """A group's id, the teacher who has an open offer, and the next who waits."""
    opened, (place, _), (first, second) = full(session)
    withdraw(session, place, now=NOW)
    return opened.id, first, second


def react(session: Session, message: Message, at: datetime = MONDAY, now: datetime | None = None) -> None:
    """React to a message of notifications that was recorded at an instant."""
    context = ReactionContext(now=now or at, by=BY)
    if isinstance(message, MessageSent):
        offers.on_message_sent(session, delivered(message, at=at), context)
    else:
        offers.on_message_failed(session, delivered(message, at=at), context)


def deadline(session: Session, entry: WaitingEntry) -> tuple[datetime | None, datetime | None]:
    row = waiting_list.find_entry(session, entry.id).row
    return row.told_at, row.expires_at


@pytest.mark.parametrize("message", [offer_sent, offer_failed])
def test_the_deadline_counts_from_the_e_mail_and_is_published(
    session: Session, message: Callable[..., Message]
) -> None:
    group_id, first, _ = offered(session)
    assert deadline(session, first) == (None, FIRST_END)
    revision = first.revision
    react(session, message(first.id, first.teacher_id))
    assert deadline(session, first) == (MONDAY, MONDAYS_END)
    assert (first.revision, first.changed_at, first.changed_by) == (revision + 1, MONDAY, BY)
    assert events(session, "PlaceOfferExtended") == [
        (
            "PlaceOfferExtended",
            {
                "waiting_id": str(first.id),
                "work_group_id": str(group_id),
                "teacher_id": str(first.teacher_id),
                "urn": first.urn,
                "expires_at": "2025-09-29T23:00:00Z",
            },
        )
    ]


def test_an_e_mail_on_the_day_of_the_offer_leaves_the_end_as_it_was(session: Session) -> None:
    _, first, _ = offered(session)
    tell(session, first)
    assert deadline(session, first) == (NOW, FIRST_END)
    assert events(session, "PlaceOfferExtended") == []


def test_an_end_that_the_e_mail_names_is_kept(session: Session) -> None:
    _, first, _ = offered(session)
    react(session, offer_sent(first.id, first.teacher_id, expires_at=MONDAYS_END + DAY))
    assert deadline(session, first) == (MONDAY, MONDAYS_END + DAY)


def test_place_is_reserved_until_five_working_days_after_the_email(session: Session) -> None:
    group_id, first, second = offered(session)
    offers.expire_offers(session, group_id, now=LATE, by=BY)
    assert stands(session, first, second) == ["offered", "waiting"]
    react(session, offer_sent(first.id, first.teacher_id), at=LATE)
    _, ends = deadline(session, first)
    assert ends is not None
    assert ends > LATE + 6 * DAY
    offers.expire_offers(session, group_id, now=ends - INSTANT, by=BY)
    assert stands(session, first, second) == ["offered", "waiting"]
    offers.expire_offers(session, group_id, now=ends, by=BY)
    assert stands(session, first, second) == ["expired", "offered"]


def test_timer_skips_a_group_whose_offers_have_no_email_yet(database: Sessions) -> None:
    with database.begin() as session:
        _, first, _ = offered(session)
        entry_id = first.id
    offers.expire_all(database, now=LATE, by="enrolment")
    with database() as session:
        assert waiting_list.find_entry(session, entry_id).row.status == "offered"


def test_offer_without_email_can_be_accepted(session: Session) -> None:
    _, first, _ = offered(session)
    command = AcceptOffer(waiting_id=first.id)
    assert waiting_list.accept_offer(session, command, now=LATE, by=BY).row.status == "accepted"


@pytest.mark.parametrize(
    "changes",
    [
        {"template": "place_confirmed"},
        {"template": "offer_last_day"},
        {"concerns": None},
        {"concerns": f"waiting-list/{uuid4()}"},
        {"concerns": f"work-groups/{uuid4()}"},
        {"recipient_ref": str(uuid4())},
        {"recipient_ref": "reception"},
    ],
)
@pytest.mark.parametrize("message", [offer_sent, offer_failed])
def test_a_message_about_something_else_or_to_another_person_changes_nothing(
    session: Session, message: Callable[..., Message], changes: dict[str, Any]
) -> None:
    _, first, second = offered(session)
    react(session, message(first.id, first.teacher_id, **changes))
    react(session, message(second.id, first.teacher_id))
    assert deadline(session, first) == (None, FIRST_END)
    assert deadline(session, second) == (None, None)


def test_a_message_of_an_older_release_changes_nothing(session: Session) -> None:
    """It names no entry; the offers of that time count as told when they were made."""
    _, first, _ = offered(session)
    old = offer_sent(first.id, first.teacher_id, concerns=None, expires_at=None)
    react(session, MessageSent.from_data(old.to_data()))
    assert deadline(session, first) == (None, FIRST_END)


def test_a_message_about_an_entry_that_has_ended_changes_nothing(session: Session) -> None:
    group_id, first, second = offered(session)
    waiting_list.leave_waiting_list(session, LeaveWaitingList(waiting_id=first.id), now=NOW, by=BY)
    call_off(session, group_id)
    before = len(events(session))
    for entry in (first, second):
        react(session, offer_sent(entry.id, entry.teacher_id))
    assert stands(session, first, second) == ["declined", "left"]
    assert deadline(session, first) == (None, FIRST_END)
    assert len(events(session)) == before


def test_a_message_to_a_record_that_was_merged_meanwhile_is_to_the_same_person(session: Session) -> None:
    _, first, _ = offered(session)
    message = offer_sent(first.id, first.teacher_id)
    other = teacher(session, schools(session)[0])
    merge = MergeTeachers(from_id=first.teacher_id, into_id=other, dry_run=False)
    mergers.merge_teachers(session, merge, now=NOW, by=BY)
    react(session, message)
    assert deadline(session, first) == (MONDAY, MONDAYS_END)


def test_repeated_and_shuffled_messages_give_one_deadline(session: Session) -> None:
    """An attempt that failed, one that succeeded later, and one repeated by hand."""
    taken: list[tuple[Callable[..., Message], datetime]] = [
        (offer_failed, MONDAY),
        (offer_sent, MONDAY + DAY),
        (offer_sent, MONDAY + 2 * DAY),
    ]
    ends: set[tuple[datetime | None, datetime | None]] = set()
    for order in permutations(range(3)):
        _, first, _ = offered(session)
        messages = [(make(first.id, first.teacher_id), at) for make, at in taken]
        for message, at in [*(messages[n] for n in order), *messages]:
            react(session, message, at, now=MONDAY + 3 * DAY)
        ends.add(deadline(session, first))
    assert ends == {(MONDAY + 2 * DAY, MONDAYS_END + 2 * DAY)}


def test_a_repeated_message_records_nothing_more(session: Session) -> None:
    _, first, _ = offered(session)
    message = offer_sent(first.id, first.teacher_id)
    react(session, message)
    revision, before = first.revision, len(events(session))
    react(session, message, now=MONDAY + timedelta(hours=2))
    assert (first.revision, len(events(session))) == (revision, before)


def test_a_reaction_that_fails_saves_neither_deadline_nor_event(database: Sessions) -> None:
    with database.begin() as session:
        _, first, _ = offered(session)
        message = offer_sent(first.id, first.teacher_id)
        entry_id = first.id
    with pytest.raises(RuntimeError), database.begin() as session:
        react(session, message)
        raise RuntimeError
    with database() as session:
        assert waiting_list.find_entry(session, entry_id).row.told_at is None
        assert events(session, "PlaceOfferExtended") == []
