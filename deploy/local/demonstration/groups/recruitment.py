"""A Work Group's commands from its opening to its confirmation."""

import random
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from local.demonstration.commands import Command, Made
from local.demonstration.dates.england import moment
from local.demonstration.groups.forming import BEYOND, Group
from local.demonstration.people.participants import Participant
from local.demonstration.people.staffroom import register

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
            "capacity": max(20, group.teachers_n),
        },
        lane=group.key,
        gives="work_group_id",
        after=tuple(f"leader/{lead.key}/work_group_lead" for lead in group.leads),
    )


def enrol(
    group: Group,
    participants: Sequence[Participant],
    newcomers: set[str],
    opening: Mapping[str, datetime],
    r: random.Random,
) -> list[Command]:
    """Register who is new to the hub, and give everybody a place.

    `opening`: schools that open in the course of the year, and from when their teachers can enrol.
    """
    season = group.season
    commands = []
    for participant in participants:
        person = participant.person
        first = opening.get(person.urn, season.opens + timedelta(hours=1))
        at = _in_office_hours(first, season.closes, r)
        if person.key in newcomers:
            known = (f"connection/{person.urn}",)
            commands.append(register(person, at - timedelta(minutes=20), after=known))
        commands.append(
            Command(
                key=participant.key,
                at=at,
                service="enrolment",
                method="POST",
                path=f"{WORK_GROUPS}/{{{group.key}}}/enrolments",
                body={"teacher_id": Made(person.key), "role": participant.role},
                lane=group.key,
                gives="enrolment_id",
            )
        )
    return commands


def confirm(group: Group) -> Command:
    """Confirm the group; beyond the rule only by a recorded override."""
    reason = BEYOND.get(group.number)
    return Command(
        key=f"confirmation/{group.number:02}",
        at=moment(group.season.confirmed_on, 9, group.number),
        service="enrolment",
        method="POST",
        path=f"{WORK_GROUPS}/{{{group.key}}}/confirmation",
        body={"override_reason": reason} if reason else {},
        lane=group.key,
    )


def _in_office_hours(first: datetime, last: datetime, r: random.Random) -> datetime:
    """Some moment on a weekday between nine and four."""
    days = [
        day
        for n in range((last.date() - first.date()).days)
        if (day := first.date() + timedelta(n + 1)).weekday() < 5
    ]
    return moment(r.choice(days), r.randrange(9, 16), r.randrange(21, 60), r.randrange(60))
