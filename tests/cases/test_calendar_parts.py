"""M4: what Outlook and Google need to update and to cancel an entry (RFC 5546, 6047)."""

from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from typing import cast

from tests.cases.desk import FIRST, Desk
from tests.cases.messages import Entry, Received, events_of


def assert_imip(message: Received, method: str, address: str) -> None:
    """Fail unless a message about one session carries its calendar part as RFC 6047 asks."""
    (part,) = message.calendar_parts
    holders = cast("Iterator[EmailMessage]", message.message.walk())
    (holder,) = (one for one in holders if one.is_multipart() and part in list(one.iter_parts()))
    assert holder.get_content_type() == "multipart/alternative"
    assert list(holder.iter_parts())[-1] is part
    assert str(part.get_param("method")).upper() == method
    assert str(part.get_content_charset()).lower() == "utf-8"
    assert part.get_content_disposition() != "attachment"
    (calendar,) = message.calendars
    assert str(calendar["METHOD"]) == method
    (event,) = events_of(calendar)
    for name in ("UID", "DTSTAMP", "SEQUENCE", "ORGANIZER", "SUMMARY"):
        assert name in event
    assert str(event["ATTENDEE"]).lower() == f"mailto:{address}"
    assert (str(event.get("STATUS", "")) == "CANCELLED") == (method == "CANCEL")


def test_m4_an_entry_is_requested_updated_and_cancelled_under_one_uid(desk: Desk) -> None:
    (person,) = desk.people(1)
    group = desk.group([person])
    desk.settle(person)
    seen: list[Entry] = []
    session_id = ""
    for step in ("schedule", "move", "cancel"):
        since = len(desk.hub.mail.received)
        if step == "schedule":
            session_id = desk.session(group)
        elif step == "move":
            assert desk.move(session_id, FIRST + timedelta(days=2)).status == 200
        else:
            desk.make(f"sessions/{session_id}/cancellation", {"reason": "weather"})
        desk.settle(person)
        (message,) = desk.inbox(person, since)
        assert_imip(message, "CANCEL" if step == "cancel" else "REQUEST", person.email)
        seen += desk.calendar(person).values()
    assert len({entry.uid for entry in seen}) == 1
    assert len({str(entry.event["ORGANIZER"]) for entry in seen}) == 1
    first, second, third = (entry.sequence for entry in seen)
    assert first < second < third
    assert seen[1].starts_at == FIRST + timedelta(days=2)


def test_an_entry_of_eight_at_once_is_moved_alone(desk: Desk) -> None:
    """More of M4's kind: each has its own REQUEST from the beginning."""
    (person,) = desk.people(1)
    group = desk.group()
    desk.series(group, 8)
    desk.enrol(group, person)
    since = desk.settle(person)
    before = desk.calendar(person)
    calendars = [calendar for message in desk.inbox(person) for calendar in message.calendars]
    assert {str(calendar["METHOD"]) for calendar in calendars} == {"REQUEST"}
    assert {len(events_of(calendar)) for calendar in calendars} == {1}
    assert desk.move(group.session_ids[3], FIRST + timedelta(days=44)).status == 200
    desk.settle(person)
    (message,) = desk.inbox(person, since)
    assert_imip(message, "REQUEST", person.email)
    changed = [uid for uid, entry in desk.calendar(person).items() if entry.event != before[uid].event]
    assert len(changed) == 1
    assert desk.calendar(person).keys() == before.keys()


def test_two_people_with_one_office_mailbox_keep_an_entry_each(desk: Desk) -> None:
    """More of M4's kind: when one of them leaves, the other's entry stays."""
    (urn,) = desk.schools()
    stays, leaves = (desk.people(1, urn=urn, email=f"office@school-{urn}.example")[0] for _ in range(2))
    group = desk.group([stays, leaves])
    desk.session(group)
    desk.settle(stays, leaves)
    assert len(desk.calendar(stays)) == 2
    desk.withdraw(group, leaves)
    desk.settle(stays, leaves)
    assert sorted(entry.cancelled for entry in desk.calendar(stays).values()) == [False, True]
