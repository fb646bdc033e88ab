"""The effects of a succession: people and upcoming sessions move, groups are counted again."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from hub_enrolment.domain.work_groups import composition
from hub_enrolment.steps.carried_on import follow_successions
from hub_enrolment.steps.import_counts import Run
from hub_enrolment.steps.venues import publish_moves
from hub_enrolment.steps.work_groups import follow_change
from hub_enrolment.store import closed_schools as store
from hub_enrolment.store import sessions as session_store
from hub_enrolment.store import successions as succession_store
from hub_enrolment.store import teachers as teacher_store
from hub_enrolment.store import work_groups as group_store
from hub_enrolment.store.closed_schools import Closing, Held
from hub_enrolment.store.standing_schools import standing_host
from hub_enrolment.store.work_groups import Locked, lock_with_terms
from hub_kernel.england import day_in_england
from hub_kernel.successions import first_day_of_successor


@dataclass(frozen=True, kw_only=True)
class SchoolMoves:
    """The records at a school that closes or has a new successor."""

    school: Closing
    held: Held
    first_day: date | None  # from which the successor stands for it; None: no successor, or no day is known
    in_effect: bool  # it moves now; otherwise once the register says that the school has closed


def moves_of(run: Run, *, closing: Collection[str], concerned: Collection[str]) -> list[SchoolMoves]:
    """Return what moves, or will move, from the schools of a file, before anything moves.

    Args:
        run: the import, whose file is written already.
        closing: the schools that close with the file; each is listed, also one without records.
        concerned: schools of which the file says who carries on their work; told when the hub knows them.
    """
    schools = store.closing(run.session, {*closing, *concerned})
    held = store.held_at(run.session, [one.urn for one in schools], now=run.now)
    return [
        _moves(one, held.get(one.urn, Held()), day_in_england(run.now))
        for one in schools
        if one.urn in closing or one.urn in held or one.connected
    ]


def move_all(run: Run) -> None:
    """Move everything that is still at a school whose successor the hub has; a second call finds nothing.

    Places, waiting lists, applications and roles of leaders keep the school of their day.
    """
    today = day_in_england(run.now)
    for teacher_id in succession_store.people_overtaken(run.session, today):
        teacher = teacher_store.lock_teacher(run.session, teacher_id)
        if teacher is not None:
            follow_successions(run.session, teacher, now=run.now, by=run.by)
    counted = _counted_otherwise(run.session, today)
    for work_group_id in sorted(counted | _hosted_by_closed(run)):
        locked = lock_with_terms(run.session, work_group_id)
        _move_sessions(run, locked)
        if work_group_id in counted:
            follow_change(run.session, locked, now=run.now, by=run.by)
    succession_store.note_followed(run.session, today)


def _moves(school: Closing, held: Held, today: date) -> SchoolMoves:
    known = school.close_date or school.established_on or school.announced_on
    first_day = None
    if school.successor_urn is not None and known is not None:
        first_day = first_day_of_successor(
            close_date=school.close_date, established_on=school.established_on, announced_on=known
        )
    in_effect = school.announced_on is not None and first_day is not None and first_day <= today
    return SchoolMoves(school=school, held=held, first_day=first_day, in_effect=in_effect)


def _counted_otherwise(session: Session, today: date) -> set[UUID]:
    """Return the groups whose number of schools has changed since successions were followed last."""
    urns = group_store.schools_of_places(session, store.groups_that_may_fall_short(session))
    turn = succession_store.turn_of(session, {urn for listed in urns.values() for urn in listed})
    return {
        work_group_id
        for work_group_id, listed in urns.items()
        if composition(listed, turn.before, today) != composition(listed, turn.after, today)
    }


def _hosted_by_closed(run: Run) -> set[UUID]:
    """Return the groups with a session to come whose host has closed and has a successor."""
    hosts = store.hosts_to_come(run.session, now=run.now)
    successions = succession_store.around(run.session, {urn for _, urn in hosts})
    today = day_in_england(run.now)
    return {group_id for group_id, urn in hosts if successions.standing(urn, today) != urn}


def _move_sessions(run: Run, locked: Locked) -> None:
    """Set the successor as host of upcoming sessions; participants get a change of each calendar entry."""
    moved = []
    for meeting in session_store.lock_sessions_to_come(run.session, locked.group.id, now=run.now):
        host_urn = standing_host(run.session, meeting.host_urn, meeting.starts_at)
        if host_urn != meeting.host_urn:
            meeting.host_urn = host_urn
            moved.append(meeting)
    publish_moves(run.session, locked.group, moved, now=run.now, by=run.by)
