"""How groups end: those that met are evaluated and closed in July, one that nobody joined is cancelled."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Final

from local.demonstration.commands import Command, Made
from local.demonstration.groups import Group
from local.demonstration.half_terms import moment
from local.demonstration.meetings import LAST_GROUP
from local.demonstration.recruitment import SPRING, WORK_GROUPS

EVALUATED_ON: Final = date(2026, 7, 20)
CLOSING: Final = moment(date(2026, 7, 22), 9)
LAST_CLOSURE: Final = moment(date(2026, 7, 24), 12)  # the last that happens in the year, but for an erasure
UNWANTED: Final = "group/49"
UNWANTED_TITLE: Final = "Twilight Reading Group"


def close(group: Group) -> Command:
    """Close a group; who has come often enough has completed it."""
    is_last = group.number == LAST_GROUP
    return Command(
        key=f"closure/{group.number:02}",
        at=LAST_CLOSURE if is_last else CLOSING + timedelta(minutes=5 * group.number),
        service="enrolment",
        method="POST",
        path=f"{WORK_GROUPS}/{{{group.key}}}/closure",
        body={"evaluation_submitted_on": EVALUATED_ON.isoformat()},
        lane=group.key,
    )


def called_off(groups: Sequence[Group]) -> Iterator[Command]:
    """One more group for the spring, that nobody asks for; it is led by who leads another one."""
    like = next(group for group in groups if group.starts_in_spring)
    yield _command(
        UNWANTED,
        SPRING.opened,
        WORK_GROUPS,
        {
            "programme_id": Made(like.programme.key),
            "title": UNWANTED_TITLE,
            "lead_ids": [Made(lead.key) for lead in like.leads],
            "opens_at": SPRING.opens.isoformat(),
            "closes_at": SPRING.closes.isoformat(),
            "capacity": 20,
        },
        gives="work_group_id",
        after=tuple(f"leader/{lead.key}/work_group_lead" for lead in like.leads),
    )
    yield _command(
        f"{UNWANTED}/cancellation",
        moment(SPRING.confirmed_on, 15),
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
