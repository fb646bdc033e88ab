"""Follows the plan's commands by enrolment's own rules: where it would refuse one, its rule raises here.

What is on the books at some moment can be read between two commands.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any, Final

from tests.demonstration.books import Application, Entry, Group, id_of, instant, located
from tests.demonstration.counting import Meets, body, made, meets, named, rows_of, schools_of_teachers

from hub_demo.commands import Command
from hub_enrolment.domain import applications, enrolments, waiting_list, work_groups
from hub_enrolment.domain.confirmations import Candidate, Terms, confirm
from hub_enrolment.domain.programmes import Limits
from hub_enrolment.domain.schools import SchoolState, check_open
from hub_enrolment.domain.sessions import Place
from hub_kernel.england import day_in_england

STATUSES: Final = {"1": "open", "2": "closed", "3": "proposed_to_close", "4": "proposed_to_open"}


class Ledger:
    """All Work Groups, and what a decision about them needs to know."""

    def __init__(self, commands: Sequence[Command]) -> None:
        self.schools: dict[str, SchoolState] = {}
        self.works_at: dict[str, str] = dict(schools_of_teachers(commands))
        self.meets: Mapping[str, Meets] = meets(commands)
        self.programmes: dict[str, tuple[str, Limits]] = {}
        self.groups: dict[str, Group] = {}
        self.group_of: dict[str, Group] = {}  # by the keys of sessions, enrolments, applications and the rest

    def follow(self, command: Command) -> None:
        """Do what a command does, or raise what enrolment would."""
        self.pass_time(command.at)
        request = f"{command.method} {command.path}"
        for pattern, handle in HANDLERS.items():
            if re.fullmatch(pattern, request):
                handle(self, command)
                return

    def pass_time(self, until: datetime) -> None:
        """Let it be later."""
        for group in self.groups.values():
            group.pass_time(until)

    def give(self, group: Group, key: str, teacher: str, at: datetime, **how: Any) -> None:
        """Enrol a teacher, if the rules allow it."""
        urn, asked_at, on = self.works_at[teacher], how.pop("asked_at", at), day_in_england(at)
        enrolments.enrol(group.room_for(teacher, urn), self.schools[urn], at=asked_at, on=on, **how)
        self.put(group, key, teacher, at)

    def put(self, group: Group, key: str, teacher: str, at: datetime) -> None:
        """Note a place that was given."""
        urn = self.works_at[teacher]
        group.places[key] = Place(enrolment_id=id_of(key), urn=urn, enrolled_at=at, withdrawn_at=None)
        group.teachers[key] = teacher
        self.group_of[key] = group
        group.follow_change()


def imported(ledger: Ledger, command: Command) -> None:
    assert isinstance(command.body, bytes)
    for row in rows_of(command.body):
        if "EstablishmentStatus (code)" in row:
            ledger.schools[row["URN"]] = SchoolState(
                urn=row["URN"],
                status=STATUSES[row["EstablishmentStatus (code)"]],
                open_date=day_of(row["OpenDate"]),
                close_date=day_of(row["CloseDate"]),
                eligible=row["TypeOfEstablishment (code)"] not in {"10", "11"},
            )


def day_of(text: str) -> date | None:
    return datetime.strptime(text, "%d-%m-%Y").replace(tzinfo=UTC).date() if text else None


def registered(ledger: Ledger, command: Command) -> None:
    urn = str(body(command)["urn"])
    check_open(ledger.schools[urn], day_in_england(command.at))
    ledger.works_at[command.key] = urn


def moved(ledger: Ledger, command: Command) -> None:
    assert ledger.works_at[named(command)] == body(command)["from_urn"]
    ledger.works_at[named(command)] = str(body(command)["to_urn"])


def programme(ledger: Ledger, command: Command) -> None:
    facts = body(command)
    ledger.programmes[command.key] = (
        facts["academic_year"],
        Limits(max_per_school=facts.get("max_per_school")),
    )


def opened(ledger: Ledger, command: Command) -> None:
    facts = body(command)
    year, limits = ledger.programmes[made(facts["programme_id"])]
    opens_at, closes_at = instant(facts, "opens_at"), instant(facts, "closes_at")
    work_groups.check_recruitment(opens_at, closes_at)
    ledger.groups[command.key] = Group(
        title=facts["title"],
        year=year,
        limits=limits,
        capacity=facts.get("capacity", limits.max_teachers),
        opens_at=opens_at,
        closes_at=closes_at,
        status="draft" if facts.get("draft") else "recruiting",
        location=located(facts),
    )


def changed(ledger: Ledger, command: Command) -> None:
    ledger.groups[named(command)].closes_at = instant(body(command), "closes_at")


def draft_opened(ledger: Ledger, command: Command) -> None:
    group = ledger.groups[named(command)]
    work_groups.open_up(group.status)
    group.status = "recruiting"


def confirmed(ledger: Ledger, command: Command) -> None:
    group = ledger.groups[named(command)]
    counted, reason = group.composition(), body(command).get("override_reason")
    candidate = Candidate(status=group.status, counted=counted)
    confirm(candidate, Terms(limits=group.limits), override_reason=reason)
    group.status = "confirmed"


def enrolled(ledger: Ledger, command: Command) -> None:
    ledger.give(ledger.groups[named(command)], command.key, made(body(command)["teacher_id"]), command.at)


def listed(ledger: Ledger, command: Command) -> None:
    """A place that was given by an application or a list is looked up; of a list it is not known before."""
    if command.gives != "enrolment_id":
        return
    group, teacher = ledger.groups[named(command)], made(command.among["teacher_id"])
    waiting_for = [key for key, holder in group.teachers.items() if holder == teacher]
    if not waiting_for:
        ledger.put(group, command.key, teacher, command.at)
        return
    (key,) = waiting_for
    group.places[command.key] = replace(group.places.pop(key), enrolment_id=id_of(command.key))
    group.teachers[command.key] = group.teachers.pop(key)
    ledger.group_of[command.key] = group


def withdrawn(ledger: Ledger, command: Command) -> None:
    group = ledger.group_of[named(command)]
    group.take_back(named(command), command.at)
    group.follow_change()
    group.offer(command.at)


def transferred(ledger: Ledger, command: Command) -> None:
    left, joined = ledger.group_of[named(command)], ledger.groups[made(body(command)["work_group_id"])]
    left.take_back(named(command), command.at)
    ledger.put(joined, command.key, left.teachers[named(command)], command.at)
    left.follow_change()


def joined_list(ledger: Ledger, command: Command) -> None:
    group, teacher = ledger.groups[named(command)], made(body(command)["teacher_id"])
    urn = ledger.works_at[teacher]
    room, on = group.room_for(teacher, urn), day_in_england(command.at)
    enrolments.check_request(room, ledger.schools[urn], at=command.at, on=on)
    open_entries = {one.teacher for one in group.entries.values() if one.status in waiting_list.OPEN}
    waiting_list.join(room, on_list=teacher in open_entries)
    group.entries[command.key] = Entry(teacher, command.at)
    ledger.group_of[command.key] = group
    group.offer(command.at)


def accepted(ledger: Ledger, command: Command) -> None:
    group = ledger.group_of[named(command)]
    entry = group.entries[named(command)]
    waiting_list.accept(entry.status, entry.expires_at, told_at=entry.told_at, at=command.at)
    ledger.give(group, command.key, entry.teacher, command.at, offered=True, asked_at=entry.joined_at)
    entry.status = "accepted"


def applied(ledger: Ledger, command: Command) -> None:
    group, facts = ledger.groups[named(command)], body(command)
    enrolments.check_recruiting(group.status)
    asked = [made(one["teacher_id"]) for one in facts["participants"]]
    ids = [id_of(one) for one in asked]
    applications.check_participants(facts["urn"], ids, [ledger.works_at[one] for one in asked])
    applications.check_agreement(instant(facts, "head_agreed_at"), now=command.at)
    group.applications[command.key] = Application(asked)
    ledger.group_of[command.key] = group


def submitted(ledger: Ledger, command: Command) -> None:
    group = ledger.group_of[named(command)]
    one = group.applications[named(command)]
    recruitment = applications.Recruitment(
        status=group.status, opens_at=group.opens_at, closes_at=group.closes_at
    )
    applications.submit(one.status, recruitment, agreed=True, at=command.at)
    one.status = "submitted"


def decided(ledger: Ledger, command: Command) -> None:
    group = ledger.group_of[named(command)]
    one = group.applications[named(command)]
    applications.decide(one.status, body(command)["decision"])
    one.status = body(command)["decision"]
    if one.status == "accepted":
        for teacher in one.asked:
            ledger.give(group, f"{command.key}/{teacher}", teacher, command.at, asked_at=group.opens_at)


V1: Final = "/enrolment/v1"
HANDLERS: Final[dict[str, Callable[[Ledger, Command], None]]] = {
    rf"POST {V1}/imports/gias.*": imported,
    rf"POST {V1}/teachers": registered,
    rf"POST {V1}/teachers/.*/moves": moved,
    rf"POST {V1}/programmes": programme,
    rf"POST {V1}/work-groups": opened,
    rf"PATCH {V1}/work-groups/.*": changed,
    rf"POST {V1}/work-groups/.*/opening": draft_opened,
    rf"POST {V1}/work-groups/.*/confirmation": confirmed,
    rf"POST {V1}/work-groups/.*/enrolments": enrolled,
    rf"GET {V1}/work-groups/.*/enrolments.limit=200": listed,
    rf"POST {V1}/enrolments/.*/withdrawal": withdrawn,
    rf"POST {V1}/enrolments/.*/transfer": transferred,
    rf"POST {V1}/work-groups/.*/waiting-list": joined_list,
    rf"POST {V1}/waiting-list/.*/acceptance": accepted,
    rf"POST {V1}/work-groups/.*/applications": applied,
    rf"POST {V1}/applications/.*/submission": submitted,
    rf"POST {V1}/applications/.*/decision": decided,
}
