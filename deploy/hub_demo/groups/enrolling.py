"""Enrolment by application, upload, transfer and waiting list.

Each function replaces some of the commands that enrol a group's participants. The same people have the same
places in the end, so that later commands do not change.
"""

import csv
import io
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from hub_demo.cast import Cast
from hub_demo.commands import Command, Made
from hub_demo.dates.england import moment
from hub_demo.dates.school_years import SchoolYear
from hub_demo.groups.applications import apply, decide, find_place
from hub_demo.groups.forming import Group
from hub_demo.groups.offers import join_list, offer_ends
from hub_demo.groups.recruitment import (
    WORK_GROUPS,
    days_of,
    draft_first,
    group_command,
    open_group,
)
from hub_demo.people.participants import Participant, Recruiter
from hub_demo.people.staffroom import Person, register
from hub_kernel.england import day_in_england

APPLIES: Final = 6  # the group for which schools apply
UPLOADED: Final = 24  # the group with an upload
MOVES_FROM: Final = 12
MOVES_TO: Final = 13  # the group with a transfer, from one of the same programme
WAITS: Final = 11  # the group with a waiting list, full with twenty
FIRST_DAYS: Final = 3  # after the opening, in which that group becomes full
DRAFTED: Final = 22
SPECIAL: Final = (APPLIES, UPLOADED, MOVES_FROM, MOVES_TO, WAITS, DRAFTED)
SCHOOLS: Final = 3  # of a group, whose participants enrol in this way
MINUTE: Final = timedelta(minutes=1)
COLUMNS: Final = ("given", "family", "email", "urn", "role", "trn", "lead")


@dataclass(frozen=True)
class Enrolling:
    """Chooses for each group how its participants enrol."""

    year: SchoolYear
    cast: Cast
    groups: Sequence[Group]
    recruiter: Recruiter

    def opening(self, group: Group) -> list[Command]:
        """Return the commands that open a group."""
        opening = open_group(group)
        return draft_first(group, opening) if group.number == DRAFTED else [opening]

    def days(self, group: Group) -> Sequence[date]:
        """Return the days on which a group's participants enrol; with a waiting list it is full early."""
        able = days_of(group.season, self.year.school_days())
        return able[:FIRST_DAYS] if group.number == WAITS else able

    def entering(
        self, group: Group, participants: Sequence[Participant], enrolling: Sequence[Command]
    ) -> Iterable[Command]:
        """Return the commands with which the participants get their places."""
        match group.number:
            case number if number == APPLIES:
                return by_application(group, participants, enrolling, self._declined(group))
            case number if number == UPLOADED:
                return by_list(group, participants, enrolling)
            case number if number == MOVES_TO:
                return by_transfer(self.groups[MOVES_FROM - 1], group, participants, enrolling)
            case number if number == WAITS:
                return by_waiting(
                    group, participants, enrolling, self._without_group(group), self._full_on(group)
                )
        return enrolling

    def _full_on(self, group: Group) -> date:
        """Return the first day on which the group is full."""
        return days_of(group.season, self.year.school_days())[FIRST_DAYS]

    def _declined(self, group: Group) -> Person:
        """Return the maths lead of an engaged primary school outside the group."""
        known, schools = self.recruiter.maths_leads, self.cast.schools
        on_group = {school.urn for school in group.schools}
        return next(
            known[urn]
            for urn in self.cast.leading
            if urn in known and urn not in on_group and schools[urn].kind == "primary"
        )

    def _without_group(self, group: Group) -> tuple[Person, Person]:
        """Return two people of the group's schools who have no place in the end."""
        first, second = group.schools[-2:]
        hire = self.recruiter.staffroom.hire
        return hire(first.urn, "class_teacher", first.kind), hire(second.urn, "class_teacher", second.kind)


def by_application(
    group: Group, participants: Sequence[Participant], commands: Sequence[Command], other: Person
) -> Iterator[Command]:
    """Yield three applications in the last hour, with the heads' agreement, and a fourth that is declined."""
    chosen = _of_first_schools(group, participants)
    yield from _without(commands, chosen)
    for number, school in enumerate(group.schools[:SCHOOLS]):
        theirs = [one for one in chosen if one.person.urn == school.urn]
        asked = [(one.person, one.role) for one in theirs]
        yield from _applies(group, school.urn, asked, number, {"decision": "accepted"})
    reason = {"decision": "declined", "reason": "The group has its schools; there is another one in spring."}
    yield from _applies(group, other.urn, [(other, "lead_participant")], SCHOOLS, reason)
    at = moment(group.season.confirmed_on, 8, 30)
    yield from (find_place(group, one, at) for one in chosen)


def _applies(
    group: Group, urn: str, asked: Sequence[tuple[Person, str]], number: int, decision: dict[str, str]
) -> Iterator[Command]:
    begins = _last_hour(group) + 10 * number * MINUTE
    yield from apply(group, urn, asked, begins)
    yield decide(group, urn, len(asked), moment(group.season.confirmed_on, 8, number), decision)


def by_list(
    group: Group, participants: Sequence[Participant], commands: Sequence[Command]
) -> Iterator[Command]:
    """Yield an upload of three schools' participants: a preview, then the import with new people."""
    chosen = _of_first_schools(group, participants)
    new = {command.key for command in commands if command.gives == "teacher_id"}
    fresh = [one for one in chosen if one.person.key in new]
    yield from _without(commands, chosen, but={one.person.key for one in fresh})
    content, hour = _csv(chosen), _last_hour(group)
    known = tuple(one.person.key for one in chosen if one not in fresh)
    connected = tuple(sorted({f"connection/{one.person.urn}" for one in chosen}))
    for minutes, mode in ((10, "preview"), (20, "apply")):
        path = f"{WORK_GROUPS}/{{{group.key}}}/uploads?mode={mode}"
        at, announces = hour + minutes * MINUTE, len(chosen) if mode == "apply" else 0
        after = known + connected
        yield group_command(group, f"upload/{mode}", path, content, at=at, after=after, announces=announces)
    at = hour + 30 * MINUTE
    for one in fresh:
        named = {"given": one.person.given, "family": one.person.family}
        yield replace(find_place(group, one, at, one.person.key, "teacher_id"), among=named)
    yield from (find_place(group, one, at) for one in chosen)


def by_transfer(
    left: Group, joined: Group, participants: Sequence[Participant], commands: Sequence[Command]
) -> Iterator[Command]:
    """Yield the enrolment of a participant on another group of the programme, and the transfer."""
    moved = participants[-1]
    first = f"{moved.key}/first"
    for command in commands:
        if command.key != moved.key:
            yield command
            continue
        yield replace(command, key=first, path=f"{WORK_GROUPS}/{{{left.key}}}/enrolments", lane=left.key)
        path, to = f"/enrolment/v1/enrolments/{{{first}}}/transfer", {"work_group_id": Made(joined.key)}
        hour = _last_hour(joined)
        yield group_command(joined, moved.key, path, to, at=hour, gives="enrolment_id", announces=2)


def by_waiting(
    group: Group,
    participants: Sequence[Participant],
    commands: Sequence[Command],
    strangers: tuple[Person, Person],
    full_on: date,
) -> Iterator[Command]:
    """Yield a full group with two teachers on its waiting list, a withdrawal, and an accepted offer.

    The first teacher does not answer: the offer ends after five working days, and the second one accepts.
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
        yield join_list(group, f"{group.key}/{word}", body, moment(full_on, 10, minutes))
    path, gone_at = f"/enrolment/v1/enrolments/{{{given_up}}}/withdrawal", moment(full_on, 11)
    gone, why = f"withdrawal/{given_up}", {"reason": "illness"}
    yield group_command(group, gone, path, why, at=gone_at, announces=2)
    path, at = f"/enrolment/v1/waiting-list/{{{group.key}/waits}}/acceptance", offer_ends(gone_at)
    yield group_command(
        group,
        place.key,
        path,
        {},
        at=moment(day_in_england(at), 8, 30),
        gives="enrolment_id",
        waits_for="not_offered",
    )


def _last_hour(group: Group) -> datetime:
    """Return the instant after all other enrolments."""
    return group.season.closes - 60 * MINUTE


def _of_first_schools(group: Group, participants: Sequence[Participant]) -> list[Participant]:
    urns = {school.urn for school in group.schools[:SCHOOLS]}
    return [one for one in participants if one.person.urn in urns]


def _without(
    commands: Sequence[Command], chosen: Sequence[Participant], but: Collection[str] = ()
) -> list[Command]:
    """Return the commands without the enrolments of the chosen participants."""
    keys = {one.key for one in chosen} | set(but)
    return [command for command in commands if command.key not in keys]


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
