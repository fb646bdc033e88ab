"""A series: the sessions of a group that meets at regular intervals, scheduled by one command."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final

from hub_demo.commands import Command
from hub_demo.groups.forming import Group
from hub_demo.groups.meetings import WEEKS
from hub_demo.groups.recruitment import WORK_GROUPS
from hub_kernel.england import ENGLAND

WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
PLACE: Final = ("mode", "host_urn", "venue", "joining_link")


def by_series(group: Group, commands: Sequence[Command]) -> Iterator[Command]:
    """Yield the commands with one series, previewed and then created, instead of single sessions.

    Each session is then looked up by its number, and read for its ETag.
    """
    sessions = [one for one in commands if one.gives == "session_id" and one.path.endswith("/sessions")]
    tried, taken = _series(group, sessions, dry_run=True), _series(group, sessions, dry_run=False)
    yield from (tried, taken)
    for seq, session in enumerate(sessions, start=1):
        path = f"{WORK_GROUPS}/{{{group.key}}}/sessions?limit=200"
        found = _look(session, path)
        listed = replace(found, key=f"{session.key}/listed", among={"seq": seq}, after=(taken.key,))
        yield listed
        yield _look(session, f"/enrolment/v1/sessions/{{{listed.key}}}")
    yield from (one for one in commands if one not in sessions)


def _series(group: Group, sessions: Sequence[Command], *, dry_run: bool) -> Command:
    first = sessions[0]
    times = [
        datetime.fromisoformat(first.facts[name]).astimezone(ENGLAND) for name in ("starts_at", "ends_at")
    ]
    days = [datetime.fromisoformat(one.facts["starts_at"]).astimezone(ENGLAND).date() for one in sessions]
    place = {name: first.facts[name] for name in PLACE if name in first.facts}
    return Command(
        key=f"session-series/{group.label}/{'preview' if dry_run else 'apply'}",
        at=first.at - timedelta(seconds=5 if dry_run else 4),
        service="enrolment",
        method="POST",
        path=f"{WORK_GROUPS}/{{{group.key}}}/session-series",
        body={
            "pattern": {"repeats": "weekly", "every": WEEKS, "weekday": WEEKDAYS[days[0].weekday()]},
            "first_on": days[0].isoformat(),
            "count": len(days),
            "starts": f"{times[0]:%H:%M}",
            "ends": f"{times[1]:%H:%M}",
            "skip": [day.isoformat() for day in _skipped(days)],
            "dry_run": dry_run,
            **place,
        },
        lane=group.key,
        announces=0 if dry_run else len(days),
    )


def _skipped(days: Sequence[date]) -> list[date]:
    """Return the days of the pattern that are in holidays."""
    span = (days[-1] - days[0]) // timedelta(weeks=WEEKS)
    return [day for n in range(span) if (day := days[0] + n * timedelta(weeks=WEEKS)) not in days]


def _look(session: Command, path: str) -> Command:
    return replace(session, method="GET", path=path, body={}, announces=0)
