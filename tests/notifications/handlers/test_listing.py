"""Messages are found by person, by school, by subject and by day."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import delete
from sqlalchemy.orm import Session
from tests.notifications.factories import react, visit_planned
from tests.notifications.fakes import FakePeople
from tests.notifications.rows import ADA, GRACE, GROUP, Box

from hub_notifications.gateways import ContactsUnavailable, SchoolThreads
from hub_notifications.handlers import visits
from hub_notifications.models import Message
from hub_notifications.queries.messages import MessageFilter, find_messages
from hub_platform.database import Sessions
from hub_platform.paging import PageRequest, decode_cursor

OTHER_GROUP = f"work-groups/{UUID(int=0xB1)}"
SCHOOL, PREDECESSOR, OTHER_SCHOOL = "980001", "980002", "980003"


@pytest.fixture(name="box")
def _box(sessions: Sessions) -> Any:
    with sessions() as session:
        yield Box(session)


@pytest.fixture(name="people")
def _people() -> FakePeople:
    return FakePeople()


def found(box: Box, people: FakePeople, **wanted: Any) -> list[str]:
    items, _ = find_messages(box.session, PageRequest(), people, MessageFilter(**wanted))
    return [box.names[message.id] for message in items]


def test_a_person_is_found_under_every_record_that_was_merged(box: Box, people: FakePeople) -> None:
    before = uuid4()
    people.merged = {str(ADA): [str(before), str(ADA)], str(before): [str(before), str(ADA)]}
    box.put("to the record that is left", to=ADA)
    box.put("to the merged record", to=before)
    box.put("to another person", to=GRACE)
    expected = ["to the record that is left", "to the merged record"]
    assert found(box, people, recipient_ref=ADA) == expected
    assert found(box, people, recipient_ref=before) == expected
    assert found(box, people, recipient_ref=GRACE) == ["to another person"]  # unknown to enrolment


def test_a_subject_is_found_alone_and_with_a_person(box: Box, people: FakePeople) -> None:
    box.put("group, Ada", to=ADA)
    box.put("group, Grace", to=GRACE)
    box.put("other group, Ada", to=ADA, concerns=OTHER_GROUP)
    assert found(box, people, concerns=GROUP) == ["group, Ada", "group, Grace"]
    assert found(box, people, concerns=GROUP, recipient_ref=ADA) == ["group, Ada"]
    assert found(box, people, concerns=GROUP, recipient_ref=ADA, status="sent") == []


def test_a_school_has_messages_about_its_places_and_about_visits_to_it(box: Box, people: FakePeople) -> None:
    there, before, elsewhere = (planned(box.session, urn) for urn in (SCHOOL, PREDECESSOR, OTHER_SCHOOL))
    people.schools[SCHOOL] = SchoolThreads(urns=[SCHOOL, PREDECESSOR], threads=[(GROUP, str(ADA))])
    box.put("her place for the school", to=ADA)
    box.put("her place for another school", to=ADA, concerns=OTHER_GROUP)
    box.put("a place of another school on the same group", to=GRACE)
    box.put("visit", to=GRACE, concerns=f"visits/{there}")
    box.put("visit to the school before it", to=GRACE, concerns=f"visits/{before}")
    box.put("visit to another school", to=GRACE, concerns=f"visits/{elsewhere}")
    expected = ["her place for the school", "visit", "visit to the school before it"]
    assert found(box, people, urn=SCHOOL) == expected
    assert found(box, people, urn=SCHOOL, recipient_ref=GRACE) == expected[1:]
    assert found(box, people, urn=OTHER_SCHOOL) == ["visit to another school"]
    assert found(box, people, urn="980009") == []


def planned(session: Session, urn: str) -> UUID:
    event = visit_planned(urn=urn)
    react(visits.on_visit_planned, session, event)
    session.execute(delete(Message))  # the e-mail about it
    return event.visit_id


def test_days_of_creation_begin_and_end_by_the_clock_in_england(box: Box, people: FakePeople) -> None:
    begins, ends = datetime(2026, 9, 6, 23, tzinfo=UTC), datetime(2026, 9, 7, 23, tzinfo=UTC)
    box.put("before", created_at=datetime(2026, 9, 6, 22, 59, 59, tzinfo=UTC))
    box.put("first", created_at=begins)
    box.put("last", created_at=datetime(2026, 9, 7, 22, 59, 59, tzinfo=UTC))
    box.put("after", created_at=ends)
    assert found(box, people, begins=begins, ends=ends) == ["first", "last"]


def test_pages_of_a_school_follow_each_other(box: Box, people: FakePeople) -> None:
    people.schools[SCHOOL] = SchoolThreads(urns=[SCHOOL], threads=[(GROUP, str(ADA))])
    for number in range(5):
        box.put(f"number {number}", to=ADA)
        box.put(f"to another person {number}", to=GRACE)
    seen: list[str] = []
    page = PageRequest(2)
    for _ in range(3):
        items, following = find_messages(box.session, page, people, MessageFilter(urn=SCHOOL))
        seen += [box.names[message.id] for message in items]
        page = PageRequest(2, None if following is None else decode_cursor(following))
    assert seen == [f"number {number}" for number in range(5)]
    assert page.after is None


@pytest.mark.parametrize("wanted", [{"recipient_ref": ADA}, {"urn": SCHOOL}])
def test_list_fails_completely_without_enrolment(
    box: Box, people: FakePeople, wanted: dict[str, Any]
) -> None:
    people.away = True
    box.put("it", to=ADA)
    with pytest.raises(ContactsUnavailable):
        found(box, people, **wanted)
    assert found(box, people, concerns=GROUP) == ["it"]
