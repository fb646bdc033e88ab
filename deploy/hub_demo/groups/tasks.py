"""A classroom task: set in one session, reported on before the next one."""

import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from hub_demo.commands import Command, Made
from hub_demo.dates.england import DAY, moment
from hub_demo.groups.forming import Group
from hub_demo.people.participants import Participant
from hub_kernel.england import day_in_england
from hub_kernel.working_days import is_working_day
from hub_platform.bank_holidays import bank_holidays

PROMPTS: Final = (
    "Ask for a second way of working it out, and let pupils say which they prefer.",
    "Begin with the representation, and write the calculation only afterwards.",
    "Give the answer first: what could the question have been?",
)


def task(
    group: Group, first: Command, second: Command, reporters: Sequence[Participant], r: random.Random
) -> Iterator[Command]:
    """Yield the commands of a task and of the reports on it.

    Args:
        group: the group.
        first: the command that schedules the session in which it is set.
        second: the command that schedules the session before which it is due.
        reporters: the participants who report on it.
        r: draws the task and the instants of the reports.
    """
    met, due = (
        datetime.fromisoformat(one.facts[name]) for one, name in ((first, "ends_at"), (second, "starts_at"))
    )
    at = max(met + timedelta(hours=2), second.at + timedelta(minutes=5))
    key = f"task/{first.key.removeprefix('session/')}"
    yield Command(
        key=key,
        at=at,
        service="enrolment",
        method="POST",
        path=f"/enrolment/v1/work-groups/{{{group.key}}}/tasks",
        body={
            "set_in_session_id": Made(first.key),
            "due_before_session_id": Made(second.key),
            "prompt": r.choice(PROMPTS),
        },
        lane=group.key,
        gives="task_id",
    )
    days = (day_in_england(at) + n * DAY for n in range(1, (due - at).days + 1))
    able = [day for day in days if is_working_day(day, bank_holidays()) and day < day_in_england(due)]
    for participant in reporters:
        yield _report(group, key, participant, moment(r.choice(able), r.randrange(8, 19), r.randrange(60)), r)


def _report(group: Group, key: str, participant: Participant, at: datetime, r: random.Random) -> Command:
    path = f"/enrolment/v1/tasks/{{{key}}}/reports/{{{participant.key}}}"
    return Command(
        key=f"{key}/report/{participant.key}",
        at=at,
        service="enrolment",
        method="PUT",
        path=path,
        body={"status": "reported", "pupils_n": r.randint(18, 31)},
        lane=group.key,
        match="*",
        look=path,
        done={"status": "reported"},
    )
