"""Schedule a series of sessions."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from hub_enrolment.commands.series import ScheduleSeries
from hub_enrolment.domain import series
from hub_enrolment.domain.days_off import Warned
from hub_enrolment.domain.series import Series
from hub_enrolment.domain.sessions import Meeting
from hub_enrolment.steps import diary
from hub_enrolment.store.calendars import warnings
from hub_enrolment.store.standing_schools import standing_host
from hub_enrolment.store.work_groups import lock_work_group


@dataclass(frozen=True)
class Planned:
    """One session of a series; in a preview without id and number."""

    session_id: UUID | None
    seq: int | None
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Scheduled:
    """The sessions of a series, scheduled or previewed, with warnings."""

    dry_run: bool
    sessions: list[Planned]
    warnings: list[Warned]


def schedule_series(session: Session, command: ScheduleSeries, *, now: datetime, by: str) -> Scheduled:
    """Schedule the sessions of a pattern, all or none; a dry run only returns them.

    Raises:
        Unknown: `unknown_work_group`; Refused, Conflict: see `series.days` and `diary.check_meetings`.
    """
    group, _ = lock_work_group(session, command.work_group_id)
    days = series.days(
        Series(
            pattern=command.pattern,
            first_on=command.first_on,
            count=command.count,
            until=command.until,
            skip=frozenset(command.skip),
        )
    )
    slots = series.slots(days, command.starts, command.ends)
    place = {name: getattr(command, name) for name in ("mode", "host_urn", "venue", "joining_link")}
    hosts = [standing_host(session, command.host_urn, slot.starts_at) for slot in slots]
    asked = [
        Meeting(**vars(slot), **place | {"host_urn": host}) for slot, host in zip(slots, hosts, strict=True)
    ]
    diary.check_meetings(session, group, asked, pointer="/first_on")
    if command.dry_run:
        planned = [Planned(None, None, slot.starts_at, slot.ends_at) for slot in slots]
    else:
        scheduled = diary.schedule(session, group, asked, now=now, by=by)
        planned = [Planned(one.id, one.seq, one.starts_at, one.ends_at) for one in scheduled]
    return Scheduled(command.dry_run, planned, warnings(session, days, host_urn=command.host_urn))
