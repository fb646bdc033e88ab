"""A Work Group's commands from its opening to its confirmation."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from hub_demo.commands import Command, Made
from hub_demo.dates.england import moment, working_time_before
from hub_demo.groups.forming import Group
from hub_demo.groups.seasons import Season
from hub_demo.people.participants import Participant
from hub_demo.people.staffroom import register
from hub_kernel.england import day_in_england

WORK_GROUPS = "/enrolment/v1/work-groups"


def open_group(group: Group) -> Command:
    """Put the group into the hub."""
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
    """Where the group meets in a mode; a school that hosts it needs no other name."""
    return {
        "in_person": {"venue": group.venue},
        "online": {"joining_link": group.joining_link},
        "school_hosted": {},
    }[mode]


def enrol(
    group: Group,
    participants: Sequence[Participant],
    newcomers: set[str],
    windows: Mapping[str, Sequence[date]],
    usual: Sequence[date],
    r: random.Random,
) -> list[Command]:
    """Register who is new to the hub, and give everybody a place.

    Args:
        group: the group.
        participants: who takes part.
        newcomers: keys of people whom the hub does not know.
        windows: schools that enrol on other days than most, and those days.
        usual: the days on which the others enrol.
        r: says who enrols when.
    """
    commands = []
    for participant in participants:
        person = participant.person
        at = in_office_hours(windows.get(person.urn, usual), r)
        if person.key in newcomers:
            known = (f"connection/{person.urn}",)
            commands.append(register(person, at - timedelta(minutes=20), after=known))
        commands.append(give_place(group, participant, at))
    return commands


def give_place(group: Group, participant: Participant, at: datetime) -> Command:
    """Enrol a participant."""
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
    """Confirm the group; beyond the rule only by a recorded override."""
    reason = group.override_reason
    return group_command(
        group,
        f"confirmation/{group.label}",
        f"{WORK_GROUPS}/{{{group.key}}}/confirmation",
        {"override_reason": reason} if reason else {},
        at=moment(group.season.confirmed_on, 9, group.number),
    )


def draft_first(group: Group, opening: Command) -> list[Command]:
    """Put the group into the hub as a draft three weeks before it is opened."""
    drafted_at = working_time_before(opening.at - timedelta(weeks=3))
    path = f"{WORK_GROUPS}/{{{group.key}}}/opening"
    return [
        replace(opening, at=drafted_at, body={**opening.facts, "draft": True}, announces=0),
        group_command(group, f"{group.key}/opening", path, {}, at=opening.at),
    ]


def group_command(
    group: Group, key: str, path: str, body: Mapping[str, Any] | bytes, *, at: datetime, **others: Any
) -> Command:
    """A command about the group, sent in its order among the others about it."""
    facts: dict[str, Any] = {"service": "enrolment", "method": "POST", "lane": group.key} | others
    return Command(key=key, at=at, path=path, body=body, **facts)


def days_of(season: Season, school_days: Sequence[date], after: date | None = None) -> list[date]:
    """The school days on which a season recruits, from the day after its opening, or after another day."""
    first = after or day_in_england(season.opens)
    return [day for day in school_days if first < day <= day_in_england(season.closes)]


def in_office_hours(days: Sequence[date], r: random.Random) -> datetime:
    """Some moment on one of some days, between nine and four."""
    return moment(r.choice(days), r.randrange(9, 16), r.randrange(21, 60), r.randrange(60))
