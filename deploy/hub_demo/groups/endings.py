"""How groups that have met end: they are evaluated and closed."""

from datetime import date, datetime, timedelta

from hub_demo.commands import Command
from hub_demo.dates.school_years import SchoolYear
from hub_demo.groups.forming import Group
from hub_demo.groups.meetings import LAST_GROUP
from hub_demo.groups.recruitment import WORK_GROUPS, group_command
from hub_demo.groups.year_end import YearEnd


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
