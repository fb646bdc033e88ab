"""A Work Group's commands from its opening to its confirmation."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from local.demonstration.commands import Command, Made
from local.demonstration.groups import BEYOND, Group
from local.demonstration.half_terms import moment
from local.demonstration.participants import Participant
from local.demonstration.people import register

WORK_GROUPS = "/enrolment/v1/work-groups"


@dataclass(frozen=True)
class Season:
    """When groups recruit."""

    opened: datetime  # the group is put into the hub
    opens: datetime
    closes: datetime
    confirmed_on: date


AUTUMN = Season(
    moment(date(2025, 9, 3), 9),
    moment(date(2025, 9, 3), 12),
    moment(date(2025, 9, 19), 17),
    date(2025, 9, 22),
)
SPRING = Season(
    moment(date(2025, 11, 10), 9),
    moment(date(2025, 11, 10), 12),
    moment(date(2026, 1, 9), 17),
    date(2026, 1, 12),
)
SUCCESSORS_FROM = moment(date(2026, 1, 6), 9)  # schools that opened on 1 January enrol after this


def season_of(group: Group) -> Season:
    """When a group recruits."""
    return SPRING if group.starts_in_spring else AUTUMN


def open_group(group: Group) -> Command:
    """Put the group into the hub."""
    season = season_of(group)
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
    new_schools: set[str],
    r: random.Random,
) -> list[Command]:
    """Register who is new to the hub, and give everybody a place."""
    season = season_of(group)
    commands = []
    for participant in participants:
        person = participant.person
        first = SUCCESSORS_FROM if person.urn in new_schools else season.opens + timedelta(hours=1)
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
        at=moment(season_of(group).confirmed_on, 9, group.number),
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
