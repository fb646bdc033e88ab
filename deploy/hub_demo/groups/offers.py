"""Waiting lists, and the instants at which e-mails about offers are sent and offers end."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from hub_demo.commands import Command
from hub_demo.groups.forming import Group
from hub_demo.groups.recruitment import WORK_GROUPS, group_command
from hub_enrolment.domain import waiting_list
from hub_notifications.domain.kinds import URGENCY, Kind
from hub_notifications.domain.sending_hours import Holidays, sendable_from
from hub_platform.bank_holidays import bank_holidays

JOINS: Final = re.compile(r".*/work-groups/{.*}/waiting-list")
ENROLS: Final = re.compile(r".*/work-groups/{.*}/enrolments")
LEAVES: Final = re.compile(r".*/enrolments/{.*}/withdrawal")
ACCEPTS: Final = re.compile(r".*/waiting-list/{(.*)}/acceptance")
HAS_ENDED: Final = re.compile(r".*/work-groups/{.*}/(cancellation|closure)")
AT_LAST: Final = datetime.max.replace(tzinfo=UTC)


def join_list(group: Group, key: str, body: Mapping[str, object], at: datetime) -> Command:
    """Return the command that adds a teacher to the waiting list of a full group."""
    path = f"{WORK_GROUPS}/{{{group.key}}}/waiting-list"
    return group_command(group, key, path, body, at=at, gives="waiting_id", announces=0)


def told_at(offered_at: datetime) -> datetime:
    """Return the instant at which notifications sends the e-mail about an offer."""
    holidays = Holidays(bank_holidays())
    return sendable_from(URGENCY[Kind.PLACE_OFFERED], now=offered_at, starts_at=None, holidays=holidays)


def offer_ends(offered_at: datetime) -> datetime:
    """Return the instant at which enrolment ends an unanswered offer."""
    return waiting_list.offer_ends(told_at(offered_at), bank_holidays())


def instants_of_offers(commands: Iterable[Command]) -> list[datetime]:
    """Return the instants of e-mails about offers, and of the ends of offers.

    Args:
        commands: in the order of their times.
    """
    listed = list(commands)
    lanes = {one.lane for one in listed if JOINS.fullmatch(one.path)}
    lists = {lane: WaitingList() for lane in lanes}
    for command in listed:
        if command.lane in lists:
            lists[command.lane].follow(command)
    for one in lists.values():
        one.pass_time(AT_LAST)
    return sorted({instant for one in lists.values() for instant in (*one.told, *one.ended)})


@dataclass
class WaitingList:
    """A model of enrolment's waiting list and free places of one Work Group."""

    free: int = 0
    waiting: list[str] = field(default_factory=list)
    offered: dict[str, datetime] = field(default_factory=dict)  # key of the entry → when the offer ends
    told: list[datetime] = field(default_factory=list)
    ended: list[datetime] = field(default_factory=list)

    def follow(self, command: Command) -> None:
        """Apply a command about the group to its list."""
        self.pass_time(command.at)
        if command.gives == "work_group_id":
            self.free = int(command.facts["capacity"])
        elif ENROLS.fullmatch(command.path) and command.method == "POST":
            self.free -= 1
        elif LEAVES.fullmatch(command.path):
            self.free += 1
        elif JOINS.fullmatch(command.path):
            self.waiting.append(command.key)
        elif accepted := ACCEPTS.fullmatch(command.path):
            del self.offered[accepted[1]]
        elif HAS_ENDED.fullmatch(command.path):
            self.waiting, self.offered = [], {}
        self._offer(command.at)

    def pass_time(self, until: datetime) -> None:
        """End the offers that expire by an instant, and make the following ones."""
        while self.offered:
            ends, key = min((ends, key) for key, ends in self.offered.items())
            if ends > until:
                return
            del self.offered[key]
            self.free += 1
            self.ended.append(ends)
            self._offer(ends)

    def _offer(self, at: datetime) -> None:
        while self.free > 0 and self.waiting:
            self.offered[self.waiting.pop(0)] = offer_ends(at)
            self.told.append(told_at(at))
            self.free -= 1
