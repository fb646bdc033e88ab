"""Other ways into a Work Group than a place that is simply given.

Each takes the commands by which a group's participants enrol, and gives them with some of the places come by
in another way. The same people hold the same places in the end: everything planned after stays as it is.
"""

import csv
import io
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from local.demonstration.cast import Cast
from local.demonstration.commands import Command, Made
from local.demonstration.dates.england import moment
from local.demonstration.dates.school_years import SchoolYear
from local.demonstration.groups.forming import Group
from local.demonstration.groups.recruitment import WORK_GROUPS, confirm, open_group
from local.demonstration.people.participants import Participant, Recruiter
from local.demonstration.people.staffroom import Person, register

APPLIES: Final = 6  # the group for which schools apply
UPLOADED: Final = 24  # whose participants come partly from a list
MOVES_FROM: Final = 12
MOVES_TO: Final = 13  # of the same programme
WAITS: Final = 11  # full with twenty
DRAFTED: Final = 22
SCHOOLS: Final = 3  # of a group, that come in another way
MINUTE: Final = timedelta(minutes=1)
APPLICATIONS: Final = "/enrolment/v1/applications"
COLUMNS: Final = ("given", "family", "email", "urn", "role", "trn", "lead")


@dataclass(frozen=True)
class Entrance:
    """Says for each group how one gets in."""

    cast: Cast
    groups: Sequence[Group]
    recruiter: Recruiter

    def opening(self, group: Group) -> list[Command]:
        """The commands that open a group."""
        opening = open_group(group)
        return by_draft(group, opening) if group.number == DRAFTED else [opening]

    def entering(
        self, group: Group, participants: Sequence[Participant], enrolling: Sequence[Command]
    ) -> Iterable[Command]:
        """The commands by which the participants get their places."""
        match group.number:
            case number if number == APPLIES:
                return by_application(group, participants, enrolling, self._declined(group))
            case number if number == UPLOADED:
                return by_list(group, participants, enrolling)
            case number if number == MOVES_TO:
                return by_transfer(self.groups[MOVES_FROM - 1], group, participants, enrolling)
            case number if number == WAITS:
                return by_waiting(group, participants, enrolling, self._strangers(group))
        return enrolling

    def _declined(self, group: Group) -> Person:
        """The maths lead of an engaged primary school that is not on the group."""
        known, schools = self.recruiter.maths_leads, self.cast.schools
        on_group = {school.urn for school in group.schools}
        return next(
            known[urn]
            for urn in self.cast.leading
            if urn in known and urn not in on_group and schools[urn].kind == "primary"
        )

    def _strangers(self, group: Group) -> tuple[Person, Person]:
        """Two people of the group's schools who are on no group in the end."""
        first, second = group.schools[-2:]
        hire = self.recruiter.staffroom.hire
        return hire(first.urn, "class_teacher", first.kind), hire(second.urn, "class_teacher", second.kind)


def by_draft(group: Group, opening: Command) -> list[Command]:
    """The group is put down three weeks before it is opened."""
    draft = replace(
        opening, at=opening.at - timedelta(days=21), body={**opening.facts, "draft": True}, announces=0
    )
    opened = _command(group, f"{group.key}/opening", f"{WORK_GROUPS}/{{{group.key}}}/opening")
    return [draft, replace(opened, at=opening.at)]


def by_application(
    group: Group, participants: Sequence[Participant], commands: Sequence[Command], other: Person
) -> Iterator[Command]:
    """Three schools apply in the last hour with their heads' agreement; a fourth one does and is declined."""
    chosen = _of_first_schools(group, participants)
    yield from _without(commands, chosen)
    for number, school in enumerate(group.schools[:SCHOOLS]):
        theirs = [one for one in chosen if one.person.urn == school.urn]
        asked = [(one.person, one.role) for one in theirs]
        yield from _application(group, school.urn, asked, number, {"decision": "accepted"})
    reason = {"decision": "declined", "reason": "The group has its schools; there is another one in spring."}
    yield from _application(group, other.urn, [(other, "lead_participant")], SCHOOLS, reason)
    at = moment(group.season.confirmed_on, 8, 30)
    yield from (replace(_place_of(group, one), at=at) for one in chosen)


def by_list(
    group: Group, participants: Sequence[Participant], commands: Sequence[Command]
) -> Iterator[Command]:
    """Three schools send a list, which is tried and then taken; who was not known is registered by it."""
    chosen = _of_first_schools(group, participants)
    new = {command.key for command in commands if command.gives == "teacher_id"}
    fresh = [one for one in chosen if one.person.key in new]
    yield from _without(commands, chosen, but={one.person.key for one in fresh})
    content, hour = _csv(chosen), _last_hour(group)
    known = tuple(one.person.key for one in chosen if one not in fresh)
    connected = tuple(sorted({f"connection/{one.person.urn}" for one in chosen}))
    for minutes, mode in ((10, "preview"), (20, "apply")):
        upload = _command(
            group, f"upload/{mode}", f"{WORK_GROUPS}/{{{group.key}}}/uploads?mode={mode}", content
        )
        announces = len(chosen) if mode == "apply" else 0
        yield replace(upload, at=hour + minutes * MINUTE, after=known + connected, announces=announces)
    at = hour + 30 * MINUTE
    for one in fresh:
        named = {"given": one.person.given, "family": one.person.family}
        yield replace(_place_of(group, one), key=one.person.key, at=at, gives="teacher_id", among=named)
    yield from (replace(_place_of(group, one), at=at) for one in chosen)


def by_transfer(
    left: Group, joined: Group, participants: Sequence[Participant], commands: Sequence[Command]
) -> Iterator[Command]:
    """Somebody was put on another group of the programme first."""
    moved = participants[-1]
    first = f"{moved.key}/first"
    for command in commands:
        if command.key != moved.key:
            yield command
            continue
        yield replace(command, key=first, path=f"{WORK_GROUPS}/{{{left.key}}}/enrolments", lane=left.key)
        transfer = _command(
            joined,
            moved.key,
            f"/enrolment/v1/enrolments/{{{first}}}/transfer",
            {"work_group_id": Made(joined.key)},
        )
        yield replace(transfer, at=_last_hour(joined), gives="enrolment_id", announces=2)


def by_waiting(
    group: Group,
    participants: Sequence[Participant],
    commands: Sequence[Command],
    strangers: tuple[Person, Person],
) -> Iterator[Command]:
    """The group is full and two wait; a place is given up, the first lets the offer pass, the second comes.

    The offer ends by the clock of the service, for which the autumn is long past, not by the year's.
    """
    last, (leaver, silent) = participants[-1], strangers
    place = next(command for command in commands if command.key == last.key)
    yield from (command for command in commands if command is not place)
    connected = (f"connection/{leaver.urn}", f"connection/{silent.urn}")
    yield from (register(one, place.at - 20 * MINUTE, after=connected) for one in strangers)
    given_up = f"{place.key}/before"
    yield replace(place, key=given_up, body={**place.facts, "teacher_id": Made(leaver.key)})
    for minutes, person, word in ((10, silent, "silent"), (20, last.person, "waits")):
        body = {"teacher_id": Made(person.key), "role": last.role}
        joins = _command(group, f"{group.key}/{word}", f"{WORK_GROUPS}/{{{group.key}}}/waiting-list", body)
        yield replace(joins, at=_last_hour(group) + minutes * MINUTE, gives="waiting_id", announces=0)
    withdrawal = f"/enrolment/v1/enrolments/{{{given_up}}}/withdrawal"
    gone = _command(group, f"withdrawal/{given_up}", withdrawal, {"reason": "illness"})
    yield replace(gone, at=_last_hour(group) + 30 * MINUTE, announces=2)
    taken = _command(group, place.key, f"/enrolment/v1/waiting-list/{{{group.key}/waits}}/acceptance")
    at = moment(group.season.confirmed_on, 8, 30)
    yield replace(taken, at=at, gives="enrolment_id", waits_for="not_offered")


def _application(
    group: Group, urn: str, asked: Sequence[tuple[Person, str]], number: int, decision: dict[str, str]
) -> Iterator[Command]:
    """Drafted, submitted before recruitment closes, decided before the group is confirmed."""
    key = f"application/{group.number:02}/{urn}"
    begins = _last_hour(group) + 10 * number * MINUTE
    people = [{"teacher_id": Made(person.key), "role": role} for person, role in asked]
    agreement = {
        "head_agreed_by": "The headteacher",
        "head_agreed_at": (begins - 1440 * MINUTE).isoformat(),
        "agreement_version": f"{SchoolYear.of(begins.date()).first}-1",
    }
    draft = _command(
        group,
        key,
        f"{WORK_GROUPS}/{{{group.key}}}/applications",
        {"urn": urn, "participants": people, **agreement},
    )
    yield replace(draft, at=begins, gives="application_id", announces=0)
    submission = _command(group, f"{key}/submission", f"{APPLICATIONS}/{{{key}}}/submission")
    yield replace(submission, at=begins + 5 * MINUTE)
    decided = _command(group, f"{key}/decision", f"{APPLICATIONS}/{{{key}}}/decision", decision)
    accepted = decision["decision"] == "accepted"
    at = moment(group.season.confirmed_on, 8, number)
    yield replace(decided, at=at, announces=1 + len(people) * accepted)


def _last_hour(group: Group) -> datetime:
    """When all others have asked for their places."""
    return group.season.closes - 60 * MINUTE


def _of_first_schools(group: Group, participants: Sequence[Participant]) -> list[Participant]:
    urns = {school.urn for school in group.schools[:SCHOOLS]}
    return [one for one in participants if one.person.urn in urns]


def _without(
    commands: Sequence[Command], chosen: Sequence[Participant], but: Collection[str] = ()
) -> list[Command]:
    """The commands without those that give the chosen their places."""
    keys = {one.key for one in chosen} | set(but)
    return [command for command in commands if command.key not in keys]


def _place_of(group: Group, one: Participant) -> Command:
    """Looks up the place that somebody was given."""
    path = f"{WORK_GROUPS}/{{{group.key}}}/enrolments?limit=200"
    look = _command(group, one.key, path)
    among = {"teacher_id": Made(one.person.key)}
    return replace(look, method="GET", gives="enrolment_id", among=among, announces=0)


def _csv(chosen: Sequence[Participant]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for one in chosen:
        person = one.person
        lead = "yes" if one.role == "lead_participant" else "no"
        writer.writerow(
            [person.given, person.family, person.email, person.urn, person.role, person.trn or "", lead]
        )
    return text.getvalue().encode()


def _command(group: Group, key: str, path: str, body: Any = None) -> Command:
    """A command of the group, whose time is said by the caller."""
    return replace(confirm(group), key=key, path=path, body={} if body is None else body)
