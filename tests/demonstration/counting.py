"""Counts the figures of the year again, from nothing but the requests that the plan would send."""

import csv
import io
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from hub_demo.commands import Command, Made
from hub_kernel.england import ENGLAND

NOT_STATE_FUNDED = {"10", "11"}
OPEN = {"1", "3"}


@dataclass
class Counted:
    """Facts that follow from the requests alone."""

    register: dict[str, dict[str, str]]  # URN → row of the last file
    connected: set[str]
    engaged: set[str]  # seen at a session, by the number that is open at the end
    signed_up: set[str]
    core_people: set[str]
    core_schools: set[str]
    lead_schools: set[str]
    supported: set[str]
    groups: dict[str, tuple[int, int]]  # key → teachers and schools at the end

    def state_funded(self, la_code: str) -> set[str]:
        """Open state-funded schools of an authority."""
        return {
            urn
            for urn, row in self.register.items()
            if row["LA (code)"] == la_code
            and row["EstablishmentStatus (code)"] in OPEN
            and row["TypeOfEstablishment (code)"] not in NOT_STATE_FUNDED
        }


def rows_of(content: bytes) -> list[dict[str, str]]:
    """A file of the register as rows."""
    return list(csv.DictReader(io.StringIO(content.decode("cp1252"), newline="")))


def sent(commands: Iterable[Command], pattern: str) -> list[Command]:
    """The commands whose path answers to a pattern."""
    return [command for command in commands if re.fullmatch(pattern, command.path)]


def made(value: Any) -> str:
    """The key that a body refers to."""
    assert isinstance(value, Made)
    return value.key


def body(command: Command) -> Mapping[str, Any]:
    """A body that is not a file."""
    assert not isinstance(command.body, bytes)
    return command.body


def count(commands: Sequence[Command]) -> Counted:
    """Return the facts of a year's requests."""
    files = [c.body for c in sent(commands, r".*/imports/gias.*") if isinstance(c.body, bytes)]
    register = {row["URN"]: row for row in rows_of(files[-2])}
    follows = {row["URN"]: row["LinkURN"] for row in rows_of(files[-1]) if row["LinkType"] == "Successor"}
    is_open = {urn for urn, row in register.items() if row["EstablishmentStatus (code)"] in OPEN}
    teacher_at = schools_of_teachers(commands)

    def standing(urn: str) -> str:
        return urn if urn in is_open else follows[urn]

    places = {
        key: (group, standing(teacher_at[teacher])) for key, (group, teacher) in placed(commands).items()
    }
    gone, off = given_up(commands), cancelled(commands)
    core = {made(body(c)["teacher_id"]) for c in sent(commands, r".*/leaders") if body(c)["core_leadership"]}
    groups = sent(commands, r".*/v1/work-groups")
    return Counted(
        register=register,
        connected={urn for c in sent(commands, r".*/connection") if (urn := c.path.split("/")[4]) in is_open},
        engaged={places[key][1] for key in seen(commands)},
        signed_up={urn for _, urn in places.values()},
        core_people=core,
        core_schools={teacher_at[key] for key in core},
        lead_schools={
            teacher_at[made(lead)] for c in groups if c.key not in off for lead in body(c)["lead_ids"]
        },
        supported={standing(str(body(c)["urn"])) for c in sent(commands, r".*/assignments")},
        groups=sizes([place for key, place in places.items() if key not in gone and place[0] not in off]),
    )


def schools_of_teachers(commands: Iterable[Command]) -> dict[str, str]:
    """Key of a teacher → URN, of those registered one by one and of those on a list."""
    listed = {
        (row["given"], row["family"]): row["urn"]
        for c in sent(commands, r".*/uploads.mode=apply")
        if isinstance(c.body, bytes)
        for row in csv.DictReader(io.StringIO(c.body.decode(), newline=""))
    }
    at = {c.key: str(body(c)["urn"]) for c in sent(commands, r".*/v1/teachers")}
    return at | {
        c.key: listed[c.among["given"], c.among["family"]]
        for c in sent(commands, r".*/enrolments.limit=200")
        if c.gives == "teacher_id"
    }


def placed(commands: Sequence[Command]) -> dict[str, tuple[str, str]]:
    """Key of a place → keys of its group and of its teacher, however the place was come by."""
    waiting = {c.key: c for c in sent(commands, r".*/waiting-list")}
    places: dict[str, tuple[str, str]] = {}
    for c in commands:
        if c.gives != "enrolment_id":
            continue
        if c.path.endswith("/transfer"):
            places[c.key] = (made(body(c)["work_group_id"]), places[named(c)][1])
        elif c.path.endswith("/acceptance"):
            joined = waiting[named(c)]
            places[c.key] = (named(joined), made(body(joined)["teacher_id"]))
        else:
            places[c.key] = (named(c), made((c.among or body(c))["teacher_id"]))
    return places


@dataclass(frozen=True)
class Meets:
    """When a session takes place."""

    group: str
    starts_at: datetime
    ends_at: datetime


def meets(commands: Sequence[Command]) -> dict[str, Meets]:
    """Return key of a session → (start, whether it was scheduled by itself or in a series)."""
    found = {
        c.key: Meets(c.lane, *(datetime.fromisoformat(body(c)[name]) for name in ("starts_at", "ends_at")))
        for c in sent(commands, r".*/sessions")
    }
    listed = {c.key: (c.lane, c.among["seq"]) for c in sent(commands, r".*/sessions.limit=200")}
    read = {listed[named(c)]: c.key for c in sent(commands, r".*/sessions/[^?]*/listed}")}
    for c in sent(commands, r".*/session-series"):
        if not body(c)["dry_run"]:
            for seq, day in enumerate(_days(body(c)), start=1):
                times = (time.fromisoformat(body(c)[name]) for name in ("starts", "ends"))
                instants = (datetime.combine(day, at, ENGLAND).astimezone(UTC) for at in times)
                found[read[c.lane, seq]] = Meets(c.lane, *instants)
    return found


def _days(series: Mapping[str, Any]) -> list[date]:
    """The days of a weekly series whose first day is one of them."""
    day, every = date.fromisoformat(series["first_on"]), timedelta(weeks=series["pattern"]["every"])
    assert f"{day:%A}".lower() == series["pattern"]["weekday"]
    weeks = (day + every * n for n in range(series["count"] + len(series["skip"])))
    days = [one for one in weeks if one.isoformat() not in series["skip"]]
    assert len(days) == series["count"], "a day is skipped on which the group would not meet"
    return days


def given_up(commands: Iterable[Command]) -> set[str]:
    """Keys of places that were given back, or moved to another group."""
    return {named(c) for c in sent(commands, r".*/enrolments/.*/(withdrawal|transfer)")}


def cancelled(commands: Iterable[Command]) -> set[str]:
    """Keys of groups that do not take place."""
    return {named(c) for c in sent(commands, r".*/work-groups/.*/cancellation")}


def named(command: Command) -> str:
    """The key in a path."""
    return str(re.findall(r"\{(.*)\}", command.path)[0])


def seen(commands: Iterable[Command]) -> set[str]:
    """Places whose holder was there at least once."""
    return {
        made(mark["enrolment_id"])
        for c in sent(commands, r".*/sessions/.*/register")
        for mark in body(c)["marks"]
        if mark["mark"] in {"present", "late"}
    }


def sizes(places: Iterable[tuple[str, str]]) -> dict[str, tuple[int, int]]:
    """Teachers and schools of each group."""
    groups: dict[str, list[str]] = defaultdict(list)
    for group, urn in places:
        groups[group].append(urn)
    return {key: (len(urns), len(set(urns))) for key, urns in groups.items()}
