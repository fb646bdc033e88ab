"""Hand-overs: each PD lead gets one e-mail about schools and visits, and their calendar follows."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import permutations
from uuid import UUID

import pytest
from tests.notifications.factories import know_the_basics, messages, react, school_imported
from tests.notifications.fakes import NOW, OutgoingMail
from tests.notifications.handing_over import (
    ADA,
    AUTUMN,
    BEN,
    CAT,
    FIRST,
    JANUARY,
    OTHER_SCHOOL,
    SECOND,
    SEPTEMBER,
    SPRING,
    THIRD,
    assigned,
    moved,
    planned,
    receive,
    sent_since,
    texts,
    to_ben,
    unassigned,
)

from hub_contracts.visits import VisitCancelled
from hub_notifications.handlers import hub
from hub_notifications.models import Visit
from hub_platform.database import Sessions

CHANGES = "Change of PD lead"


@pytest.fixture(name="known", autouse=True)
def _known(sessions: Sessions) -> None:
    """Know two schools, and that Ada leads the first one."""
    know_the_basics(sessions)
    with sessions.begin() as session:
        react(hub.on_school_changed, session, school_imported(urn=OTHER_SCHOOL, name="Town Primary School"))
    receive(sessions, 1, assigned(FIRST, ADA, SEPTEMBER))


def test_each_pd_lead_gets_one_e_mail_and_one_entry_for_each_visit(
    sessions: Sessions, outgoing: OutgoingMail
) -> None:
    first, second = planned(sessions), planned(sessions, SPRING + timedelta(days=14))
    outgoing.send_all()
    already = len(outgoing.mailer.sent)
    for revision, event in to_ben(first, second):
        receive(sessions, revision, event)
    outgoing.later(minutes=1)
    outgoing.send_all()
    assert sent_since(outgoing, already) == {
        ADA: [CHANGES, "Calendar CANCEL", "Calendar CANCEL"],
        BEN: [CHANGES, "Calendar REQUEST", "Calendar REQUEST"],
        CAT: [],
    }
    ada, ben = (texts(outgoing, person, already) for person in (ADA, BEN))
    assert "until Sunday 10 January 2027" in ada
    assert "no longer need to make" in ada
    assert "from Monday 11 January 2027" in ben
    assert "Wednesday 20 January 2027, 09:00" in ben
    assert "Wednesday 3 February 2027, 09:00" in ben
    assert "workload" not in ada + ben


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_order_of_events_does_not_matter(
    sessions: Sessions, outgoing: OutgoingMail, order: Sequence[int]
) -> None:
    visit = planned(sessions)
    outgoing.send_all()
    already = len(outgoing.mailer.sent)
    events = to_ben(visit)
    for index in (*order, *order):
        receive(sessions, *events[index])
    outgoing.later(minutes=1)
    outgoing.send_all()
    assert sent_since(outgoing, already) == {
        ADA: [CHANGES, "Calendar CANCEL"],
        BEN: [CHANGES, "Calendar REQUEST"],
        CAT: [],
    }


def test_visit_handed_over_twice_before_sending_is_one_e_mail(
    sessions: Sessions, outgoing: OutgoingMail
) -> None:
    visit = planned(sessions)
    outgoing.send_all()
    already = len(outgoing.mailer.sent)
    for revision, event in to_ben(visit):
        receive(sessions, revision, event)
    receive(sessions, 2, unassigned(SECOND, BEN, JANUARY - timedelta(days=1)))
    receive(sessions, 1, assigned(THIRD, CAT, JANUARY, SECOND))
    receive(sessions, 3, moved(visit, THIRD, BEN, CAT))
    outgoing.later(minutes=1)
    outgoing.send_all()
    assert sent_since(outgoing, already) == {
        ADA: [CHANGES, "Calendar CANCEL"],
        BEN: [],
        CAT: [CHANGES, "Calendar REQUEST"],
    }


def test_hand_over_undone_before_its_notice_is_not_notified(
    sessions: Sessions, outgoing: OutgoingMail
) -> None:
    visit = planned(sessions)
    outgoing.send_all()
    already = len(outgoing.mailer.sent)
    for revision, event in to_ben(visit):
        receive(sessions, revision, event)
    receive(sessions, 2, unassigned(SECOND, BEN, JANUARY - timedelta(days=1)))
    receive(sessions, 1, assigned(THIRD, ADA, JANUARY, SECOND))
    receive(sessions, 3, moved(visit, THIRD, BEN, ADA))
    outgoing.later(minutes=1)
    outgoing.send_all()
    assert sent_since(outgoing, already) == {ADA: [], BEN: [], CAT: []}


def test_hand_over_back_restores_the_calendar_entry(sessions: Sessions, outgoing: OutgoingMail) -> None:
    visit = planned(sessions)
    outgoing.send_all()
    for revision, event in to_ben(visit):
        receive(sessions, revision, event)
    outgoing.later(minutes=1)
    outgoing.send_all()
    already = len(outgoing.mailer.sent)
    receive(sessions, 2, unassigned(SECOND, BEN, date(2027, 1, 17)))
    receive(sessions, 1, assigned(THIRD, ADA, date(2027, 1, 18), SECOND))
    receive(sessions, 3, moved(visit, THIRD, BEN, ADA))
    outgoing.later(minutes=1)
    outgoing.send_all()
    assert sent_since(outgoing, already) == {
        ADA: [CHANGES, "Calendar REQUEST"],
        BEN: [CHANGES, "Calendar CANCEL"],
        CAT: [],
    }


def test_unnotified_visit_is_notified_to_the_new_pd_lead_only(
    sessions: Sessions, outgoing: OutgoingMail
) -> None:
    visit = planned(sessions)
    for revision, event in to_ben(visit):
        receive(sessions, revision, event)
    outgoing.send_all()
    assert sent_since(outgoing, 0) == {ADA: [CHANGES], BEN: [CHANGES, "Calendar REQUEST"], CAT: []}
    assert "visit" not in texts(outgoing, ADA, 0).replace("notes of earlier visits", "")


def test_a_visit_that_was_handed_over_is_cancelled_for_the_new_pd_lead(
    sessions: Sessions, outgoing: OutgoingMail
) -> None:
    visit = planned(sessions)
    for revision, event in to_ben(visit):
        receive(sessions, revision, event)
    outgoing.send_all()
    already = len(outgoing.mailer.sent)
    receive(sessions, 3, VisitCancelled(visit_id=visit.visit_id, urn=visit.urn, reason="snow"))
    outgoing.later(minutes=1)
    outgoing.send_all()
    [words] = sent_since(outgoing, already)[BEN]
    assert words.endswith("is cancelled CANCEL")
    assert sent_since(outgoing, already)[ADA] == []


def test_visit_cancelled_before_its_hand_over_notice_is_not_notified(
    sessions: Sessions, outgoing: OutgoingMail
) -> None:
    visit = planned(sessions)
    outgoing.send_all()
    already = len(outgoing.mailer.sent)
    for revision, event in to_ben(visit):
        receive(sessions, revision, event)
    receive(sessions, 3, VisitCancelled(visit_id=visit.visit_id, urn=visit.urn, reason="snow"))
    outgoing.later(minutes=1)
    outgoing.send_all()
    assert sent_since(outgoing, already) == {ADA: [CHANGES, "Calendar CANCEL"], BEN: [CHANGES], CAT: []}
    assert "You now have" not in texts(outgoing, BEN, already)


def test_several_schools_handed_over_together_are_one_e_mail(
    sessions: Sessions, outgoing: OutgoingMail
) -> None:
    other, after = UUID(int=11), UUID(int=12)
    receive(sessions, 1, assigned(other, ADA, SEPTEMBER, urn=OTHER_SCHOOL))
    for revision, event in to_ben():
        receive(sessions, revision, event)
    receive(sessions, 2, unassigned(other, ADA, JANUARY - timedelta(days=1), OTHER_SCHOOL))
    receive(sessions, 1, assigned(after, BEN, JANUARY, other, OTHER_SCHOOL))
    outgoing.send_all()
    assert sent_since(outgoing, 0) == {ADA: [CHANGES], BEN: [CHANGES], CAT: []}
    for person in (ADA, BEN):
        assert texts(outgoing, person, 0).count("(URN ") == 2


def test_an_end_without_a_successor_cancels_the_visits_after_the_last_day(
    sessions: Sessions, outgoing: OutgoingMail
) -> None:
    planned(sessions, AUTUMN)
    on_the_day = planned(sessions, datetime(2027, 1, 10, 23, 59, tzinfo=UTC))
    after = planned(sessions, datetime(2027, 1, 11, 0, 0, tzinfo=UTC))
    outgoing.send_all()
    already = len(outgoing.mailer.sent)
    receive(sessions, 2, unassigned(FIRST, ADA, JANUARY - timedelta(days=1)))
    outgoing.later(minutes=1)
    outgoing.send_all()
    assert sent_since(outgoing, already)[ADA] == [CHANGES, "Calendar CANCEL"]
    assert "11 January 2027, 00:00" in texts(outgoing, ADA, already)
    # Cancelled by the hub later: the notified PD lead gets no second e-mail. Then another PD lead follows.
    already = len(outgoing.mailer.sent)
    receive(sessions, 2, VisitCancelled(visit_id=after.visit_id, urn=after.urn, reason="other"))
    receive(sessions, 1, assigned(SECOND, BEN, date(2027, 2, 1), FIRST))
    outgoing.later(minutes=1)
    outgoing.send_all()
    assert sent_since(outgoing, already) == {ADA: [], BEN: [CHANGES], CAT: []}
    assert on_the_day.visit_id != after.visit_id


def test_visit_planned_before_the_upgrade_gets_its_assignment(
    sessions: Sessions, outgoing: OutgoingMail
) -> None:
    visit = planned(sessions)
    with sessions.begin() as session:
        session.get_one(Visit, visit.visit_id).assignment_id = None
    receive(sessions, 2, assigned(FIRST, ADA, SEPTEMBER))
    with sessions.begin() as session:
        assert session.get_one(Visit, visit.visit_id).assignment_id == FIRST


def test_old_assignments_and_hand_overs_are_not_notified(sessions: Sessions, outgoing: OutgoingMail) -> None:
    long_ago = NOW - timedelta(days=29)
    receive(sessions, 2, unassigned(FIRST, ADA, SEPTEMBER), now=long_ago)
    receive(sessions, 1, assigned(SECOND, BEN, SEPTEMBER + timedelta(days=1), FIRST), now=long_ago)
    outgoing.send_all()
    assert outgoing.mailer.sent == []
    assert {each.status for each in messages(sessions)} <= {"suppressed"}
