"""Correct wrong memberships of schools, with the places that count for them."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from hub_contracts.enrolment import PlaceSchoolCorrected
from hub_contracts.vocabulary import ParticipantRole
from hub_enrolment.commands.memberships import CorrectMembership
from hub_enrolment.domain import memberships, schools, transfers
from hub_enrolment.domain.memberships import Membership
from hub_enrolment.models import Enrolment, SchoolMembership
from hub_enrolment.steps.carried_on import COLUMNS, corrected, follow_successions, trail_of
from hub_enrolment.steps.followed import follow_correction
from hub_enrolment.steps.programmes import check_path
from hub_enrolment.steps.schools_on_groups import publish_schools
from hub_enrolment.steps.teachers import lock_named
from hub_enrolment.steps.work_groups import follow_change
from hub_enrolment.store import corrections as correction_store
from hub_enrolment.store import enrolments as place_store
from hub_enrolment.store import successions as succession_store
from hub_enrolment.store import teachers as store
from hub_enrolment.store.standing_schools import school_state, standing_school
from hub_enrolment.store.work_groups import Locked, lock_work_group
from hub_kernel.england import day_in_england
from hub_kernel.refusals import Stale, Unknown
from hub_messaging import outbox
from hub_platform.json_values import Values


# Long: the order of checks before the first write matters.
def correct_membership(
    session: Session, command: CorrectMembership, *, expected: int | None, now: datetime, by: str
) -> SchoolMembership:
    """Correct a membership and keep the old values; equal values change nothing.

    Places keep the school for which they count, except those that the command names. Leadership roles,
    waiting lists and PD days that had the wrong school from the membership follow, see `follow_correction`.

    Args:
        session: the transaction of the request.
        command: the correction and its reason.
        expected: the membership's revision that the sender has seen.
        now: the hub's clock.
        by: the account that corrects it.

    Raises:
        Unknown: `unknown_teacher`, `unknown_membership`; Stale: `stale`.
        Refused: `unknown_school`, `school_not_open`; it, and Conflict: see `memberships.correct` and
            `memberships.check_places`; both: see `_count_for`; Conflict, too: see `lock_teacher`.
    """
    correction_store.lock_pd_days(session, command.teacher_id)
    teacher = lock_named(session, command.teacher_id)
    row = find_membership(session, teacher.id, command.membership_id)
    if row.revision != expected:
        raise Stale("stale", f"The membership has been changed since; it is at revision {row.revision}.")
    old = {name: getattr(row, name) for name in COLUMNS}
    new = old | dict(command.changes)
    today = day_in_england(now)
    if new["urn"] != old["urn"]:
        new["urn"] = _school(session, new, today=today)
    memberships.correct(store.memberships(session, teacher.id), Membership(id=row.id, **new), today=today)
    held = place_store.places_of(session, teacher.id)
    named = [held.get(place_id) for place_id in command.also_places]
    moves = new["urn"] != old["urn"]
    trail = trail_of(row, new, command.reason, now=now, by=by)
    trail.enrolment_ids = list(command.also_places)
    same = succession_store.around(session, [old["urn"]]).same
    memberships.check_places(
        [moves and one is not None and same(one.urn, old["urn"], today) for one in named]
    )
    if new == old:
        return row
    for name, value in new.items():
        setattr(row, name, value)
    row.touch(now=now, by=by)
    session.add(trail)
    session.flush()
    outbox.record(session, corrected(session, row, from_urn=old["urn"]), occurred_at=now, by=by)
    places = [place for place in named if place is not None]
    if moves:
        waiting = correction_store.open_entries(session, teacher.id)
        # Groups are locked in the order of their ids everywhere, which prevents deadlocks.
        for group_id in sorted({p.work_group_id for p in places} | {w.work_group_id for w in waiting}):
            lock_work_group(session, group_id)
        follow_correction(session, trail, now=now, by=by)
    _count_for(session, places, new["urn"], now=now, by=by)
    follow_successions(session, teacher, now=now, by=by)
    return row


def _school(session: Session, asked: Values, *, today: date) -> str:
    """Return the URN that stood for the requested school on the first day of the membership.

    Raises:
        Refused: `unknown_school`, `school_not_open`.
    """
    school = standing_school(session, asked["urn"], day=asked["starts_on"], pointer="/urn")
    last_day = asked["ends_on"] or today
    if asked["ends_on"] is None and school.successor_urn is not None:
        # The membership goes on at the successor; that one is open now.
        now_standing = standing_school(session, school.urn, day=today, pointer="/urn")
        if now_standing.urn != school.urn:
            schools.check_open(now_standing, today)
            last_day = asked["starts_on"]
    schools.check_open(school, last_day)
    return school.urn


def find_membership(session: Session, teacher_id: UUID, membership_id: UUID) -> SchoolMembership:
    """Return a membership of a teacher, read from the database again.

    Raises:
        Unknown: `unknown_membership`.
    """
    row = session.get(SchoolMembership, membership_id, populate_existing=True)
    if row is None or row.teacher_id != teacher_id:
        raise Unknown("unknown_membership", "There is no such membership of this person.")
    return row


def _count_for(session: Session, places: Sequence[Enrolment], urn: str, *, now: datetime, by: str) -> None:
    """Change the school for which places count; groups are locked in the order of their ids.

    Raises:
        Refused, Conflict: see `transfers.check_other_school` and `check_path`.
    """
    for place in sorted(places, key=lambda one: (one.work_group_id, one.id)):
        locked = lock_work_group(session, place.work_group_id)
        if place.status == "active":
            _check_place(session, locked, place, urn, day=day_in_england(now))
        joins = not place_store.is_on_group(session, place.work_group_id, urn, day_in_england(now))
        from_urn, place.urn = place.urn, urn
        place.touch(now=now, by=by)
        session.flush()
        outbox.record(session, _counts_for(place, from_urn), occurred_at=now, by=by)
        changed = (
            [from_urn, urn] if place.role == ParticipantRole.LEAD_PARTICIPANT else [urn] if joins else []
        )
        publish_schools(session, locked, changed, now=now, by=by)
        follow_change(session, locked, now=now, by=by)


def _check_place(session: Session, locked: Locked, place: Enrolment, urn: str, *, day: date) -> None:
    """Apply the rules for a new place to the school for which a place is to count."""
    places = place_store.places(session, locked, teacher_id=place.teacher_id, urn=urn, day=day)
    counted = place.urn in succession_store.stood_for(session, urn, day)
    transfers.check_other_school(places, school_state(session, urn, pointer="/urn"), counted=counted)
    if not counted:
        check_path(session, locked.programme, urn, pointer="/urn", day=day)


def _counts_for(place: Enrolment, from_urn: str) -> PlaceSchoolCorrected:
    return PlaceSchoolCorrected(
        enrolment_id=place.id,
        work_group_id=place.work_group_id,
        teacher_id=place.teacher_id,
        urn=place.urn,
        from_urn=from_urn,
        role=ParticipantRole(place.role),
        enrolled_on=day_in_england(place.enrolled_at),
    )
