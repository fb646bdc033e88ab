"""A participant is withdrawn by mistake after the first session, and enrolled again on the next day.

For this, recruitment is opened for one more day. The second place is a new one: the first session counts for
the withdrawn place.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from hub_demo.commands import Command, Made
from hub_demo.dates.england import DAY, moment, working_time_after
from hub_demo.groups.forming import AT_THE_EDGE, Group
from hub_demo.groups.recruitment import WORK_GROUPS, give_place, group_command
from hub_demo.groups.sessions import withdraw
from hub_demo.people.participants import Participant
from hub_kernel.england import day_in_england

SESSIONS: Final = 3  # of the group: a participant without one of them has attended too few
AGAIN: Final = "again"


def is_possible(group: Group, special: Sequence[int], planned: Sequence[Command]) -> bool:
    """Return whether a group is suitable: it has no other change, and meets three times after the autumn."""
    registers = [one for one in planned if one.path.endswith("/register")]
    leaves = any(one.path.endswith("/withdrawal") for one in planned)
    is_special = group.number in special or group.number in AT_THE_EDGE
    return len(registers) == SESSIONS and not (leaves or is_special or group.starts_in_spring)


def withdrawn_by_mistake(
    group: Group, participants: Sequence[Participant], planned: Sequence[Command]
) -> Iterator[Command]:
    """Yield the commands of the group's sessions, including the mistake.

    Args:
        group: the group.
        participants: the participants.
        planned: the commands of its sessions.
    """
    registers = sorted((one for one in planned if one.path.endswith("/register")), key=lambda one: one.at)
    named = {key for one in planned if one not in registers for key in one.needs()}
    mistaken = next(one for one in participants if not one.is_first and one.key not in named)
    again = replace(mistaken, suffix=f"/{AGAIN}")
    for one in planned:
        if one in registers:
            place = mistaken if one is registers[0] else again
            yield replace(one, body={"marks": _present(one.facts["marks"], mistaken, place)})
        else:
            yield one
    yield from _mistake(group, mistaken, again, registers[0].at)


def _present(
    marks: Sequence[dict[str, object]], mistaken: Participant, place: Participant
) -> list[dict[str, object]]:
    """Return the marks with this participant present, with the new place from the second session on."""
    theirs = {"enrolment_id": Made(place.key), "mark": "present"}
    return [theirs if one["enrolment_id"] == Made(mistaken.key) else dict(one) for one in marks]


def _mistake(group: Group, mistaken: Participant, again: Participant, met: datetime) -> Iterator[Command]:
    noticed = working_time_after(moment(day_in_england(met) + 2 * DAY, 10))
    yield withdraw(mistaken, group.key, "other", noticed)
    back = working_time_after(noticed + DAY)
    path = f"{WORK_GROUPS}/{{{group.key}}}"
    read = f"{group.key}/read"
    yield group_command(group, read, path, {}, at=back, method="GET", gives="work_group_id", announces=0)
    closes_at = moment(day_in_england(back), 17).isoformat()
    yield group_command(
        group,
        f"{group.key}/longer",
        path,
        {"closes_at": closes_at},
        at=back + timedelta(minutes=1),
        method="PATCH",
        match=read,
    )
    yield give_place(group, again, back + timedelta(minutes=2))
