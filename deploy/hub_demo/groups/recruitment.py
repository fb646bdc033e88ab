"""A Work Group's commands from its opening to its confirmation."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Unpack

from hub_demo.commands import Command, Details, Fields, Made
from hub_demo.dates.england import moment, working_time_before
from hub_demo.groups.forming import Group
from hub_demo.groups.seasons import Season
from hub_demo.people.participants import Participant
from hub_demo.people.staffroom import register
from hub_kernel.england import day_in_england

WORK_GROUPS = "/enrolment/v1/work-groups"


def open_group(group: Group) -> Command:
    """Return the command that creates the group."""
    season = group.season
    return Command(
        key=group.key,
        at=season.opened + timedelta(minutes=group.number),
        service="enrolment",
        method="POST",
        path=WORK_GROUPS,
        body={
            "programme_id": Made(group.programme.key),
            "title": group.title,
            "lead_ids": [Made(lead.key) for lead in group.leads],
            "opens_at": season.opens.isoformat(),
            "closes_at": season.closes.isoformat(),
            "capacity": group.capacity,
            "mode": group.mode,
            **where(group, group.mode),
        },
        lane=group.key,
        gives="work_group_id",
        after=tuple(f"leader/{lead.key}/work_group_lead" for lead in group.leads),
    )


def where(group: Group, mode: str) -> dict[str, str]:
    """Return the venue or joining link of a mode; a host school needs neither."""
    return {
        "in_person": {"venue": group.venue},
        "online": {"joining_link": group.joining_link},
        "school_hosted": {},
    }[mode]


@dataclass(frozen=True)
class EnrolmentDays:
    """The days on which schools enrol their participants on a group."""

    usual: Sequence[date]
    by_urn: Mapping[str, Sequence[date]] = field(default_factory=dict)  # schools with other days

    def of(self, urn: str) -> Sequence[date]:
        """Return the days of one school."""
        return self.by_urn.get(urn, self.usual)


def enrol(
    group: Group,
    participants: Sequence[Participant],
    newcomers: set[str],
    days: EnrolmentDays,
    r: random.Random,
) -> list[Command]:
    """Yield the commands that register new people and enrol all participants.

    Args:
        group: the group.
        participants: the participants.
        newcomers: keys of people who are not registered yet.
        days: the days on which each school enrols.
        r: draws the instants of enrolment.
    """
    commands = []
    for participant in participants:
        person = participant.person
        at = in_office_hours(days.of(person.urn), r)
        if person.key in newcomers:
            known = (f"connection/{person.urn}",)
            commands.append(register(person, at - timedelta(minutes=20), after=known))
        commands.append(give_place(group, participant, at))
    return commands


def give_place(group: Group, participant: Participant, at: datetime) -> Command:
    """Return the command that enrols a participant."""
    return Command(
        key=participant.key,
        at=at,
        service="enrolment",
        method="POST",
        path=f"{WORK_GROUPS}/{{{group.key}}}/enrolments",
        body={"teacher_id": Made(participant.person.key), "role": participant.role},
        lane=group.key,
        gives="enrolment_id",
    )


def confirm(group: Group) -> Command:
    """Return the command that confirms the group, with an override reason where the rule is not met."""
    reason = group.override_reason
    return group_command(
        group,
        f"confirmation/{group.label}",
        f"{WORK_GROUPS}/{{{group.key}}}/confirmation",
        {"override_reason": reason} if reason else {},
        at=moment(group.season.confirmed_on, 9, group.number),
    )


def draft_first(group: Group, opening: Command) -> list[Command]:
    """Return commands that create the group as a draft three weeks before they open it."""
    drafted_at = working_time_before(opening.at - timedelta(weeks=3))
    path = f"{WORK_GROUPS}/{{{group.key}}}/opening"
    return [
        replace(opening, at=drafted_at, body={**opening.facts, "draft": True}, announces=0),
        group_command(group, f"{group.key}/opening", path, {}, at=opening.at),
    ]


def group_command(
    group: Group, key: str, path: str, body: Fields | bytes, *, at: datetime, **others: Unpack[Details]
) -> Command:
    """Return a command about the group, sent in order with the others about it."""
    made = Command(key=key, at=at, service="enrolment", method="POST", path=path, body=body, lane=group.key)
    return replace(made, **others)


def days_of(season: Season, school_days: Sequence[date], after: date | None = None) -> list[date]:
    """Return the school days of a season's recruitment, from the day after its opening, or after `after`."""
    first = after or day_in_england(season.opens)
    return [day for day in school_days if first < day <= day_in_england(season.closes)]


def in_office_hours(days: Sequence[date], r: random.Random) -> datetime:
    """Return a random instant on one of these days, between nine and four."""
    return moment(r.choice(days), r.randrange(9, 16), r.randrange(21, 60), r.randrange(60))
