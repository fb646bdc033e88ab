"""T10: where a session is, and the link by which it is joined."""

from tests.cases.desk import Desk

VENUE = "Cromwell Hall, Huntingdon"


def test_t10_a_venue_is_named_in_the_message_and_is_the_location_of_the_entry(desk: Desk) -> None:
    (person,) = desk.people(1)
    group = desk.group([person], mode="in_person", venue=VENUE)
    since = desk.settle(person)
    desk.session(group)
    desk.settle(person)
    (message,) = desk.read(person, since)
    assert VENUE.lower() in message.words
    (entry,) = desk.calendar(person).values()
    assert VENUE in entry.location


def test_t10_a_joining_link_is_in_the_message_and_the_entry_and_nowhere_else(desk: Desk) -> None:
    (person,) = desk.people(1)
    link = "https://meet.example/j/t10-secret-of-the-group"
    group = desk.group([person], mode="online", joining_link=link)
    since = desk.settle(person)
    desk.session(group, mode="online")
    desk.settle(person)
    (message,) = desk.read(person, since)
    assert link in message.text
    (entry,) = desk.calendar(person).values()
    assert link in entry.content
    assert [one.type for one in desk.hub.published() if link in one.body] == []
    assert link not in desk.hub.logs()


def test_the_venue_of_one_session_goes_before_that_of_its_group(desk: Desk) -> None:
    """More of T10's kind."""
    (person,) = desk.people(1)
    group = desk.group([person], mode="in_person", venue=VENUE)
    since = desk.settle(person)
    desk.session(group, venue="Ely Library")
    desk.settle(person)
    (message,) = desk.read(person, since)
    assert "ely library" in message.words
    assert VENUE.lower() not in message.words
    (entry,) = desk.calendar(person).values()
    assert "Ely Library" in entry.location


def test_a_joining_link_that_is_changed_reaches_the_calendars_and_no_event(desk: Desk) -> None:
    """More of T10's kind."""
    (person,) = desk.people(1)
    first, second = (f"https://meet.example/j/{name}-secret" for name in ("first", "second"))
    group = desk.group([person], mode="online", joining_link=first)
    desk.session(group, mode="online")
    since = desk.settle(person)
    assert desk.change(f"work-groups/{group.id}", {"joining_link": second}).status == 200
    desk.settle(person)
    (message,) = desk.read(person, since)
    assert second in message.text
    (entry,) = desk.calendar(person).values()
    assert second in entry.content
    assert [one.type for one in desk.hub.published() if "-secret" in one.body] == []
    assert second not in desk.hub.logs()
