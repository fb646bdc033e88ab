"""T6 and T7: PD days and visits, told of and taken back."""

from datetime import UTC, datetime, timedelta

from tests.cases.desk import Desk, Person
from tests.cases.messages import assert_removed

VISITED = datetime(2027, 2, 24, 10, 0, tzinfo=UTC)


def register(desk: Desk, day: str, *people: Person) -> None:
    for person in people:
        desk.make(f"pd-days/{day}/registrations", {"teacher_id": person.id})


def test_t6_registration_for_a_pd_day_is_confirmed_and_its_cancellation_notified(desk: Desk) -> None:
    people = desk.people(3)
    day = desk.pd_day()
    register(desk, day, *people)
    since = desk.settle(*people)
    for person in people:
        (message,) = desk.read(person)
        assert message.names_day(datetime(2027, 3, 10, tzinfo=UTC).date())
        assert "reasoning for all" in message.words
    before = {person.id: desk.calendar(person) for person in people}
    desk.make(f"pd-days/{day}/cancellation", {"reason": "venue_unavailable"})
    desk.settle(*people)
    for person in people:
        (message,) = desk.read(person, since)
        assert "cancelled" in message.words
        assert_removed(before[person.id], desk.inbox(person, since))
    told = [
        one.type
        for one in desk.hub.published("PDDayScheduled", "PDDayRegistered", "PDDayCancelled")
        if one.exchange == "enrolment.events" and one.data["pd_day_id"] == day
    ]
    assert told == ["PDDayScheduled", *["PDDayRegistered"] * 3, "PDDayCancelled"]


def test_a_pd_day_without_registrations_is_cancelled_without_a_message(desk: Desk) -> None:
    """More of T6's kind: others still learn of it by an event."""
    day, since = desk.pd_day(), len(desk.hub.mail.received)
    desk.make(f"pd-days/{day}/cancellation", {"reason": "too_few_participants"})
    desk.hub.wait_for_notifications()
    events = [one for one in desk.hub.published("PDDayCancelled") if one.data["pd_day_id"] == day]
    assert len(events) == 1
    assert [one for one in desk.hub.mail.received[since:] if "reasoning for all" in one.words] == []


def test_a_teacher_who_registers_twice_is_confirmed_once(desk: Desk) -> None:
    """More of T6's kind."""
    (person,) = desk.people(1)
    day = desk.pd_day(title="Ratio in Year 7")
    register(desk, day, person, person)
    desk.settle(person)
    assert len(desk.read(person)) == 1


def test_t7_each_planned_visit_is_cancelled_for_the_pd_lead_in_words_and_in_the_calendar(desk: Desk) -> None:
    since = desk.settle(desk.lead)
    known = set(desk.calendar(desk.lead))
    assignment = desk.assignment()
    days = (VISITED, VISITED + timedelta(days=7))
    for planned_at in days:
        visit = desk.visit(assignment, planned_at)
        desk.settle(desk.lead)
        assert desk.read(desk.lead, since)[-1].names_day(planned_at.date())
        desk.cancel_visit(visit)
        desk.settle(desk.lead)
    for planned_at in days:
        about = [one for one in desk.read(desk.lead, since) if one.names_day(planned_at.date())]
        assert "cancelled" in about[-1].words
    visits = {uid: one for uid, one in desk.calendar(desk.lead).items() if uid not in known}
    assert sorted(one.starts_at for one in visits.values()) == list(days)
    assert [one.cancelled for one in visits.values()] == [True, True]


def test_a_visit_planned_and_cancelled_at_once_leaves_nothing_in_the_calendar(desk: Desk) -> None:
    """More of T7's kind: the two are one message, or a pair, or none."""
    since = desk.settle(desk.lead)
    known = set(desk.calendar(desk.lead))
    desk.cancel_visit(desk.visit(desk.assignment(), VISITED + timedelta(days=14)))
    desk.settle(desk.lead)
    told = desk.read(desk.lead, since)
    assert not told or "cancelled" in told[-1].words
    left = [one for uid, one in desk.calendar(desk.lead).items() if uid not in known and not one.cancelled]
    assert left == []


def test_one_of_two_planned_visits_stays_when_the_other_is_cancelled(desk: Desk) -> None:
    """More of T7's kind: each visit has an entry of its own."""
    desk.settle(desk.lead)
    known = set(desk.calendar(desk.lead))
    assignment = desk.assignment()
    first, second = (desk.visit(assignment, VISITED + timedelta(days=d)) for d in (21, 22))
    desk.settle(desk.lead)
    desk.cancel_visit(first)
    desk.settle(desk.lead)
    visits = [one for uid, one in desk.calendar(desk.lead).items() if uid not in known]
    visits.sort(key=lambda one: one.starts_at)
    assert [one.cancelled for one in visits] == [True, False], second
