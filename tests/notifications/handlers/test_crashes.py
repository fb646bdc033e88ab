"""Sending when a sender dies, is slow, or is not alone: no event twice, no message lost."""

from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy.exc import OperationalError
from tests.notifications.factories import enrol, know_the_basics, messages, published, schedule
from tests.notifications.fakes import HUB, NOW, SENDER, OutgoingMail

from hub_notifications.domain.messages import Clock
from hub_notifications.gateways import Failure, MailboxFolder, Undelivered
from hub_notifications.handlers import sending
from hub_notifications.steps import recording
from hub_notifications.store import messages as store
from hub_platform.database import Sessions


def statuses(sessions: Sessions) -> list[str]:
    return [each.status for each in messages(sessions)]


def test_crash_between_sending_and_recording_repeats_the_e_mail_only(
    sessions: Sessions, outgoing: OutgoingMail, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    know_the_basics(sessions)
    enrol(sessions)
    outgoing.real_mailer = MailboxFolder(tmp_path)
    crash(outgoing, monkeypatch)
    assert statuses(sessions) == ["sending"]
    assert published(sessions) == []
    assert outgoing.send() == 0  # the claim still holds
    outgoing.later(minutes=5, seconds=1)
    assert outgoing.send() == 0  # it is not known whether it was taken: it is repeated once, a little later
    assert [(row.status, row.attempts, row.uncertain) for row in messages(sessions)] == [("due", 1, 1)]
    outgoing.later(minutes=1)
    assert outgoing.send() == 1
    assert statuses(sessions) == ["sent"]
    assert [event.type for event in published(sessions)] == ["MessageSent"]
    assert len(list(tmp_path.glob("*.eml"))) == 1  # the repeat has the same name and the same Message-ID


def dies(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


def crash(outgoing: OutgoingMail, monkeypatch: pytest.MonkeyPatch) -> None:
    """Die between sending and recording."""
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(sending, "record", dies)
        outgoing.send()


def test_message_is_repeated_at_most_once_after_crashes(
    sessions: Sessions, outgoing: OutgoingMail, monkeypatch: pytest.MonkeyPatch
) -> None:
    know_the_basics(sessions)
    enrol(sessions)
    for _ in range(2):
        crash(outgoing, monkeypatch)
        outgoing.later(minutes=5, seconds=1)
        assert outgoing.send() == 0
        outgoing.later(minutes=1)
    assert len(outgoing.mailer.sent) == 2
    [row] = messages(sessions)
    assert (row.status, row.uncertain, row.reason) == ("failed", 2, "not_known_whether_taken")
    assert [event.data["reason"] for event in published(sessions)] == ["not_known_whether_taken"]


def test_crash_counts_no_attempt_for_messages_not_handed_over(
    sessions: Sessions, outgoing: OutgoingMail, monkeypatch: pytest.MonkeyPatch
) -> None:
    know_the_basics(sessions)
    enrol(sessions, 5)
    crash(outgoing, monkeypatch)
    outgoing.later(minutes=5, seconds=1)
    assert outgoing.send() == 4
    assert sorted((row.status, row.attempts, row.uncertain) for row in messages(sessions)) == [
        ("due", 1, 1),
        *[("sent", 1, 0)] * 4,
    ]
    outgoing.later(minutes=1)
    assert outgoing.send() == 1
    assert len(outgoing.mailer.sent) == 6


def test_thread_due_during_a_crash_is_sent_once(
    sessions: Sessions, outgoing: OutgoingMail, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At most one message is due for each thread: what was claimed goes back and says everything."""
    know_the_basics(sessions)
    enrol(sessions, 2)
    crash(outgoing, monkeypatch)  # one was handed over, the other only claimed
    schedule(sessions)
    assert sorted(statuses(sessions)) == ["due", "due", "sending", "sending"]
    outgoing.later(minutes=5, seconds=1)
    outgoing.send_all()
    outgoing.later(minutes=1)
    outgoing.send_all()
    in_words = [row for row in messages(sessions) if row.item == ""]
    assert sorted((row.status, row.reason) for row in in_words) == [
        ("sent", None),
        ("sent", None),
        ("suppressed", "merged"),
        ("suppressed", "merged"),
    ]


def deadlock(*_: object, **__: object) -> None:
    raise OperationalError("UPDATE messages", {}, Exception("deadlock detected"))


@pytest.mark.parametrize("fails", ["release", "record"])
def test_error_of_the_database_delays_a_batch_by_one_turn(
    sessions: Sessions, outgoing: OutgoingMail, monkeypatch: pytest.MonkeyPatch, fails: str
) -> None:
    """A deadlock while messages are released, or an outcome recorded, does not leave them claimed."""
    know_the_basics(sessions)
    enrol(sessions, 3)
    where = store if fails == "release" else sending
    with monkeypatch.context() as patch, pytest.raises(OperationalError):
        patch.setattr(where, fails, deadlock)
        if fails == "release":
            patch.setattr(outgoing.mailer, "away", True)
        outgoing.send()
    assert statuses(sessions) == ["sending"] * 3
    outgoing.later(seconds=5)
    outgoing.send_all()
    assert sorted(row.uncertain for row in messages(sessions)) == [0, 0, 1]  # the one that was handed over
    assert sorted(statuses(sessions)) == ["due", "sent", "sent"]
    outgoing.later(minutes=1)
    outgoing.send_all()
    assert statuses(sessions) == ["sent"] * 3


def test_database_that_is_away_leaves_the_claim_as_a_crash_does(
    sessions: Sessions, outgoing: OutgoingMail, monkeypatch: pytest.MonkeyPatch
) -> None:
    know_the_basics(sessions)
    enrol(sessions)
    with monkeypatch.context() as patch, pytest.raises(OperationalError):
        patch.setattr(sending, "record", deadlock)
        patch.setattr(store, "expire", deadlock)
        outgoing.send()
    outgoing.later(minutes=1)
    assert outgoing.send() == 0
    assert statuses(sessions) == ["sending"]
    outgoing.later(minutes=4, seconds=1)
    outgoing.send_all()
    outgoing.later(minutes=1)
    assert outgoing.send() == 1


def test_expired_claim_records_nothing(sessions: Sessions, outgoing: OutgoingMail) -> None:
    """A slow sender comes back after another has done its work: the event is not published twice."""
    know_the_basics(sessions)
    enrol(sessions)
    slow = sending._claim(real(outgoing))
    outgoing.later(minutes=6)
    assert outgoing.send() == 1
    refused = Undelivered("refused", Failure.RECIPIENT)
    with sessions.begin() as session:
        for prepared in slow.prepared:
            for undelivered in (None, refused):
                outcome = recording.Outcome(prepared.message, undelivered, prepared, SENDER.hub_id)
                recording.record(
                    session, slow.claim, outcome, Clock(now=outgoing.now, real_now=outgoing.real_now)
                )
    assert statuses(sessions) == ["sent"]
    assert [event.type for event in published(sessions)] == ["MessageSent"]


def real(outgoing: OutgoingMail) -> sending.SendingContext:
    return sending.SendingContext(
        sessions=outgoing.sessions,
        contacts=outgoing.contacts,
        mailer=outgoing.mailer,
        sender=SENDER,
        hub_details=HUB,
        hub_now=lambda: outgoing.now,
        real_now=lambda: outgoing.real_now,
        closing=lambda: False,
    )


def test_message_that_breaks_the_server_is_sent_last(sessions: Sessions, outgoing: OutgoingMail) -> None:
    """It may be that message, or chance: it loses no attempt, and waits longer than the others."""
    know_the_basics(sessions)
    enrol(sessions, 4)
    bad = messages(sessions)[0].id
    outgoing.mailer.breaks_at, outgoing.mailer.goes_away_with_it = {bad}, True
    assert outgoing.send() == 0
    assert {(row.status, row.attempts, row.reason) for row in messages(sessions)} == {("due", 0, "mail_away")}
    outgoing.mailer.away = False
    outgoing.later(minutes=2)  # by now each of them is due again
    assert outgoing.send() == 0
    assert [row.status for row in messages(sessions)] == ["due", "sent", "sent", "sent"]
    assert [row.attempts for row in messages(sessions)] == [0, 1, 1, 1]


def test_e_mail_that_cannot_be_serialised_blocks_no_other(sessions: Sessions, outgoing: OutgoingMail) -> None:
    know_the_basics(sessions)
    enrol(sessions, 3)
    outgoing.mailer.raises = {messages(sessions)[1].id: UnicodeEncodeError("ascii", "\udce4", 0, 1, "no")}
    assert outgoing.send() == 3
    assert [(row.status, row.reason) for row in messages(sessions)] == [
        ("sent", None),
        ("due", "bug"),
        ("sent", None),
    ]


def test_two_senders_never_claim_the_same_message(sessions: Sessions, outgoing: OutgoingMail) -> None:
    know_the_basics(sessions)
    enrol(sessions, 150)
    with sessions.begin() as one, sessions.begin() as other:
        taken = [
            {
                message.id
                for message in store.claim(
                    session,
                    UUID(int=n),
                    Clock(now=NOW, real_now=NOW),
                    until=NOW + timedelta(minutes=5),
                    limit=100,
                )
            }
            for n, session in enumerate((one, other), start=1)
        ]
    assert [len(each) for each in taken] == [100, 50]
    assert not taken[0] & taken[1]
