"""Printed documents: the attendance sheet of a group's first session, and certificates in July."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from hub_demo.commands import Command
from hub_demo.groups.forming import Group
from hub_demo.groups.meetings import LAST_GROUP

PRINTS: Final = 4  # the lead of one of this many groups prints documents
THERE: Final = frozenset({"present", "late"})
DAY: Final = timedelta(days=1)
SOON: Final = timedelta(minutes=2)


def documents(group: Group, planned: Sequence[Command], closure: Command) -> Iterator[Command]:
    """Yield the requests for documents: before the first session, and when the group is closed.

    Args:
        group: the group.
        planned: the commands of its sessions.
        closure: the command that closes it.
    """
    if group.number % PRINTS or group.number == LAST_GROUP:
        return
    registers = sorted((one for one in planned if "marks" in one.facts), key=lambda register: register.at)
    session = registers[0].path.removesuffix("/register")
    (key,) = re.findall(r"{(.*)}", session)
    yield _printed(group, f"{key}/sheet", registers[0].at - DAY, f"{session}/attendance-sheet")
    completed = set.intersection(*map(_there, registers)) if not group.programme.tasks_required else set()
    for place in sorted(completed)[:1]:
        path = f"/enrolment/v1/enrolments/{{{place}}}/certificate"
        yield _printed(group, f"{place}/certificate", closure.at + SOON, path)


def _there(register: Command) -> set[str]:
    """Return the ids of places marked as present."""
    return {mark["enrolment_id"].key for mark in register.facts["marks"] if mark["mark"] in THERE}


def _printed(group: Group, key: str, at: datetime, path: str) -> Command:
    return Command(
        key=key,
        at=at,
        service="enrolment",
        method="GET",
        path=path,
        body={},
        lane=group.key,
        by=group.leads[0].key,
        announces=0,
    )
