"""How groups end: those that met are evaluated and closed in July, one that nobody joined is cancelled."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Final

from local.demonstration.commands import Command, Made
from local.demonstration.dates.england import moment
from local.demonstration.dates.school_years import SchoolYear
from local.demonstration.groups.forming import Group
from local.demonstration.groups.meetings import LAST_GROUP
from local.demonstration.groups.recruitment import WORK_GROUPS, group_command
from local.demonstration.groups.year_end import YearEnd

UNWANTED: Final = "group/49"
UNWANTED_TITLE: Final = "Twilight Reading Group"


def close(group: Group, year: SchoolYear) -> Command:
    """Close a group; who has come often enough has completed it."""
    end = YearEnd(year)
    is_last = group.number == LAST_GROUP
    at = end.last_closure if is_last else end.closing + timedelta(minutes=5 * group.number)
    return close_group(group, at, end.evaluated_on)


def close_group(group: Group, at: datetime, evaluated_on: date) -> Command:
    """Close a group at some time, when its evaluation has been submitted."""
    path, body = (
        f"{WORK_GROUPS}/{{{group.key}}}/closure",
        {"evaluation_submitted_on": evaluated_on.isoformat()},
    )
    return group_command(group, f"closure/{group.label}", path, body, at=at)


def called_off(groups: Sequence[Group]) -> Iterator[Command]:
    """One more group for the spring, that nobody asks for; it is led by who leads another one."""
    like = next(group for group in groups if group.starts_in_spring)
    season = like.season
    yield _command(
        UNWANTED,
        season.opened,
        WORK_GROUPS,
        {
            "programme_id": Made(like.programme.key),
            "title": UNWANTED_TITLE,
            "lead_ids": [Made(lead.key) for lead in like.leads],
            "opens_at": season.opens.isoformat(),
            "closes_at": season.closes.isoformat(),
            "capacity": 20,
        },
        gives="work_group_id",
        after=tuple(f"leader/{lead.key}/work_group_lead" for lead in like.leads),
    )
    yield _command(
        f"{UNWANTED}/cancellation",
        moment(season.confirmed_on, 15),
        f"{WORK_GROUPS}/{{{UNWANTED}}}/cancellation",
        {"reason": "too_few_teachers"},
    )


def _command(
    key: str,
    at: datetime,
    path: str,
    body: dict[str, object],
    *,
    gives: str = "",
    after: tuple[str, ...] = (),
) -> Command:
    return Command(
        key=key,
        at=at,
        service="enrolment",
        method="POST",
        path=path,
        body=body,
        lane=UNWANTED,
        gives=gives,
        after=after,
    )
