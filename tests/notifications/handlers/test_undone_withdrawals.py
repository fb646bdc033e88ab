"""A withdrawal that is undone restores the place, its confirmation and the calendar entries."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from tests.notifications.calendars import entries_in
from tests.notifications.factories import enrol, know_the_basics, react, schedule
from tests.notifications.fakes import NOW, OutgoingMail

from hub_contracts.enrolment import ParticipantEnrolled, ParticipantWithdrawn, WithdrawalUndone
from hub_contracts.vocabulary import ParticipantRole, WithdrawalReason
from hub_notifications.handlers import places
from hub_platform.database import Sessions


@pytest.fixture(name="known")
def _known(sessions: Sessions) -> Sessions:
    know_the_basics(sessions)
    starts_at = NOW + timedelta(days=30)
    schedule(sessions, starts_at=starts_at, ends_at=starts_at + timedelta(hours=2))
    return sessions


def withdraw_and_undo(sessions: Sessions, place: ParticipantEnrolled, *, order: tuple[int, ...]) -> None:
    """Let both events take effect in an order, which may repeat them."""
    names = ("enrolment_id", "work_group_id", "teacher_id", "urn")
    same = {name: getattr(place, name) for name in names}
    day = date(2026, 9, 8)
    withdrawn = ParticipantWithdrawn(**same, reason=WithdrawalReason.WORKLOAD, withdrawn_on=day)
    dates: dict[str, Any] = {"enrolled_on": place.enrolled_on, "withdrawn_on": day, "undone_on": day}
    undone = WithdrawalUndone(**same, role=ParticipantRole.PARTICIPANT, **dates)
    for revision in order:
        at: datetime = NOW + timedelta(minutes=revision)
        with sessions.begin() as session:
            if revision == 2:
                react(places.on_place_ended, session, withdrawn, 2, happened_at=at)
            else:
                react(places.on_withdrawal_undone, session, undone, 3, happened_at=at)


def test_restored_place_is_confirmed_once_after_a_notified_withdrawal(
    known: Sessions, outgoing: OutgoingMail
) -> None:
    [place] = enrol(known, 1)
    outgoing.send_all()
    withdraw_and_undo(known, place, order=(2,))
    outgoing.send_all()
    outgoing.mailer.sent.clear()
    withdraw_and_undo(known, place, order=(3, 3, 2))
    outgoing.send_all()
    [(_, mail)] = outgoing.mailer.sent
    assert "place" in str(mail["Subject"]).lower()
    [(method, _, sequence)] = entries_in([mail])
    assert (method, sequence > 0) == ("REQUEST", True)


def test_withdrawal_undone_before_its_e_mail_is_not_notified(known: Sessions, outgoing: OutgoingMail) -> None:
    [place] = enrol(known, 1)
    outgoing.send_all()
    outgoing.mailer.sent.clear()
    withdraw_and_undo(known, place, order=(2, 3))
    outgoing.send_all()
    assert outgoing.mailer.sent == []
