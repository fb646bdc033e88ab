"""Evaluation and closure of groups."""

from datetime import date, datetime, timedelta

from hub_demo.commands import Command
from hub_demo.dates.school_years import SchoolYear
from hub_demo.groups.forming import Group
from hub_demo.groups.meetings import LAST_GROUP
from hub_demo.groups.recruitment import WORK_GROUPS, group_command
from hub_demo.groups.year_end import YearEnd


def close(group: Group, year: SchoolYear) -> Command:
    """Return the command that closes a group at the end of the year."""
    end = YearEnd(year)
    is_last = group.number == LAST_GROUP
    at = end.last_closure if is_last else end.closing + timedelta(minutes=5 * group.number)
    return close_group(group, at, end.evaluated_on)


def close_group(group: Group, at: datetime, evaluated_on: date) -> Command:
    """Return the command that closes a group at an instant after its evaluation."""
    path, body = (
        f"{WORK_GROUPS}/{{{group.key}}}/closure",
        {"evaluation_submitted_on": evaluated_on.isoformat()},
    )
    return group_command(group, f"closure/{group.label}", path, body, at=at)
