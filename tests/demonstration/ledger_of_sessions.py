"""Follows the plan's commands about sessions and the end of Work Groups by enrolment's own rules."""

from datetime import date
from typing import Final

from tests.demonstration.books import Group, Session, id_of, instant, located
from tests.demonstration.counting import body, made, named
from tests.demonstration.ledger import HANDLERS, Ledger

from hub_demo.commands import Command
from hub_enrolment.domain import diary, endings, sessions, venues, work_groups
from hub_enrolment.domain.series import Slot
from hub_enrolment.domain.sessions import Mark, Meeting
from hub_kernel.england import day_in_england


def scheduled(ledger: Ledger, command: Command) -> None:
    group, facts = ledger.groups[named(command)], body(command)
    starts_at, ends_at = instant(facts, "starts_at"), instant(facts, "ends_at")
    mode, host = facts["mode"], facts.get("host_urn")
    _check(group, Session(starts_at, ends_at), mode=mode, host_urn=host)
    assert command.at < starts_at, "a session is put in the diary before it begins"
    found = venues.location(mode, host, located(facts), group.location)
    venues.check_joining_link(found.joining_link)
    assert (found.venue is not None, found.joining_link is not None) == (
        mode == "in_person",
        mode == "online",
    )
    group.sessions[command.key] = Session(starts_at, ends_at)
    ledger.group_of[command.key] = group
    group.status = work_groups.status_after_scheduling(group.status)


def _check(group: Group, asked: Session, *, mode: str, host_urn: str | None) -> None:
    """Raise unless a session fits between the others of its group."""
    others = [one for one in group.sessions.values() if one is not asked and one.status != "cancelled"]
    meeting = Meeting(starts_at=asked.starts_at, ends_at=asked.ends_at, mode=mode, host_urn=host_urn)
    diary.check_meetings(group.status, [meeting], [Slot(one.starts_at, one.ends_at) for one in others])


def rescheduled(ledger: Ledger, command: Command) -> None:
    group = ledger.group_of[named(command)]
    session = group.sessions[named(command)]
    session.starts_at, session.ends_at = (instant(body(command), name) for name in ("starts_at", "ends_at"))
    assert command.at < session.starts_at, "a session is moved to a start to come"
    _check(group, session, mode="online", host_urn=None)
    session.status = "rescheduled"


def registers_taken(ledger: Ledger, command: Command) -> None:
    group = ledger.group_of[named(command)]
    session = group.sessions[named(command)]
    held_on, today = day_in_england(session.starts_at), day_in_england(command.at)
    sessions.check_time(
        session.status, starts_at=session.starts_at, held_on=held_on, now=command.at, today=today
    )
    marks = [
        Mark(enrolment_id=id_of(made(one["enrolment_id"])), mark=one["mark"])
        for one in body(command)["marks"]
    ]
    places = {id_of(key): place for key, place in group.places.items()}
    sessions.check_marks(marks, places, began_at=session.starts_at)
    session.status = "completed"
    group.follow_diary()


def session_cancelled(ledger: Ledger, command: Command) -> None:
    group = ledger.group_of[named(command)]
    session = group.sessions[named(command)]
    assert sessions.cancel(session.status, None, body(command)["reason"])
    session.status = "cancelled"
    group.follow_diary()


def task_set(ledger: Ledger, command: Command) -> None:
    group, facts = ledger.groups[named(command)], body(command)
    first, second = (made(facts[name]) for name in ("set_in_session_id", "due_before_session_id"))
    assert group.sessions[first].starts_at < group.sessions[second].starts_at
    group.tasks[command.key] = second


def cancelled(ledger: Ledger, command: Command) -> None:
    group = ledger.groups[named(command)]
    assert endings.cancel(group.status, None, body(command)["reason"])
    for key in group.held():
        group.take_back(key, command.at)
    for session in group.sessions.values():
        session.status = "cancelled"
    group.end("cancelled")


def closed(ledger: Ledger, command: Command) -> None:
    group = ledger.groups[named(command)]
    held = [day_in_england(one.starts_at) for one in group.sessions.values() if one.status == "completed"]
    endings.close(
        endings.Progress(status=group.status, last_held_on=max(held)),
        evaluation_submitted_on=date.fromisoformat(body(command)["evaluation_submitted_on"]),
        today=day_in_england(command.at),
    )
    group.end("closed")


def read_from_series(ledger: Ledger, command: Command) -> None:
    if command.gives == "session_id":
        group, found = ledger.groups[command.lane], ledger.meets[command.key]
        _check(group, Session(found.starts_at, found.ends_at), mode="online", host_urn=None)
        group.sessions[command.key] = Session(found.starts_at, found.ends_at)
        ledger.group_of[command.key] = group


V1: Final = "/enrolment/v1"
HANDLERS.update(
    {
        rf"POST {V1}/work-groups/.*/sessions": scheduled,
        rf"GET {V1}/sessions/.*": read_from_series,
        rf"POST {V1}/sessions/.*/reschedule": rescheduled,
        rf"PUT {V1}/sessions/.*/register": registers_taken,
        rf"POST {V1}/sessions/.*/cancellation": session_cancelled,
        rf"POST {V1}/work-groups/.*/tasks": task_set,
        rf"POST {V1}/work-groups/.*/cancellation": cancelled,
        rf"POST {V1}/work-groups/.*/closure": closed,
    }
)
