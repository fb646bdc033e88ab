"""Where a session is held and joined, in the words of an e-mail and in its calendar entry."""

from typing import Any

import pytest
from icalendar import Calendar
from sqlalchemy import text
from tests.notifications.factories import enrol, know_the_basics, react, schedule, school_imported
from tests.notifications.fakes import OutgoingMail

from hub_contracts.enrolment import SessionRescheduled
from hub_notifications.handlers import hub, work_groups
from hub_platform.database import Sessions

LINK = "https://meet.example/room?pwd=x1"
HOST, OTHER_HOST = "St Ives & Fen <Primary>", "Linton Heights"
OTHER_URN = "136217"


@pytest.fixture(name="known")
def _known(sessions: Sessions) -> Sessions:
    know_the_basics(sessions)
    with sessions.begin() as session:
        react(hub.on_school_changed, session, school_imported(urn=OTHER_URN, name=OTHER_HOST))
    return sessions


def last(outgoing: OutgoingMail, field: str = "LOCATION") -> tuple[str, str]:
    """The words of the last e-mail and one field of its calendar entry."""
    _, mail = outgoing.mailer.sent[-1]
    plain = mail.get_body(("plain",))
    assert plain is not None
    [part] = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    [event] = Calendar.from_ical(str(part.get_content())).walk("VEVENT")
    return str(plain.get_content()), str(event.get(field, ""))


@pytest.mark.parametrize(
    ("facts", "place"),
    [
        ({}, HOST),
        ({"venue": "The main hall"}, f"{HOST}, The main hall"),
        ({"mode": "in_person", "host_urn": None, "venue": "Ely, Room 2"}, "Ely, Room 2"),
    ],
)
def test_host_and_venue_are_named(
    known: Sessions, outgoing: OutgoingMail, facts: dict[str, Any], place: str
) -> None:
    enrol(known)
    outgoing.send_all()
    schedule(known, **facts)
    outgoing.send_all()
    words, location = last(outgoing)
    assert place in words
    assert location == place


def test_a_move_to_another_school_names_both(known: Sessions, outgoing: OutgoingMail) -> None:
    event = schedule(known, venue="The main hall")
    enrol(known)
    outgoing.send_all()
    facts = vars(event) | {"host_urn": OTHER_URN, "venue": None, "ics_sequence": 1}
    with known.begin() as session:
        react(work_groups.on_session_changed, session, SessionRescheduled(**facts), 2)
    outgoing.send_all()
    words, location = last(outgoing)
    assert f"{HOST}, The main hall" in words
    assert OTHER_HOST in words
    assert location == OTHER_HOST


def test_the_joining_link_is_in_the_e_mail_and_in_no_row(known: Sessions, outgoing: OutgoingMail) -> None:
    enrol(known)
    outgoing.send_all()
    event = schedule(known, mode="online", host_urn=None)
    outgoing.contacts.links[str(event.session_id)] = LINK
    outgoing.send_all()
    words, description = last(outgoing, "DESCRIPTION")
    assert LINK in words
    assert LINK in description
    with known() as session:
        tables = session.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).all()
        for table in tables:
            rows = session.scalars(text(f"SELECT row_to_json(t)::text FROM {table} t"))  # noqa: S608 - tables
            assert [row for row in rows if "meet.example" in row] == [], table
