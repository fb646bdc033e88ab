"""Continue memberships of closed schools at their successors."""

from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from hub_contracts.enrolment import MembershipCorrected, TeacherMovedSchool
from hub_contracts.vocabulary import MoveReason, TeacherRole
from hub_enrolment.domain import memberships
from hub_enrolment.domain.memberships import CarriedOn
from hub_enrolment.models import MembershipCorrection, SchoolMembership, Teacher
from hub_enrolment.store import successions as succession_store
from hub_enrolment.store import teachers as store
from hub_kernel.england import day_in_england
from hub_messaging import outbox
from hub_platform.database import made
from hub_platform.ids import new_id
from hub_platform.json_values import Values

COLUMNS: Final = ("urn", "role", "starts_on", "ends_on")
NOTE: Final = "The school had closed before; the membership was at its successor from the first day."


def follow_successions(session: Session, teacher: Teacher, *, now: datetime, by: str) -> None:
    """Continue the memberships of a locked teacher at the successors of closed schools.

    Names and roles stay, and e-mail addresses stay confirmed: the same people work in the same building.
    A message to an address in the old school's domain bounces visibly; it does not reach a stranger.
    """
    held = store.memberships(session, teacher.id)
    links = succession_store.successors_here(session, [one.urn for one in held if one.ends_on is None])
    while (step := memberships.carry_on(held, links, day=day_in_england(now))) is not None:
        carry = _correct if step.last_day is None else _go_on
        event = carry(session, step, now=now, by=by)
        teacher.touch(now=now, by=by)
        session.flush()
        outbox.record(session, event, occurred_at=now, by=by)
        held = store.memberships(session, teacher.id)


def corrected(session: Session, row: SchoolMembership, *, from_urn: str) -> MembershipCorrected:
    """Build the event about a corrected membership."""
    present = memberships.present(store.memberships(session, row.teacher_id))
    return MembershipCorrected(
        teacher_id=row.teacher_id,
        membership_id=row.id,
        from_urn=from_urn,
        to_urn=row.urn,
        role=TeacherRole(row.role),
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        present_urn=present.urn,
        present_role=TeacherRole(present.role),
    )


def trail_of(
    row: SchoolMembership, new: Values, note: str | None, *, now: datetime, by: str
) -> MembershipCorrection:
    """Build the record of a correction before it is made; `new`: the values of COLUMNS."""
    return MembershipCorrection(
        id=new_id(),
        teacher_id=row.teacher_id,
        membership_id=row.id,
        **{f"old_{name}": getattr(row, name) for name in COLUMNS},
        **{f"new_{name}": new[name] for name in COLUMNS},
        enrolment_ids=[],
        note=note,
        corrected_at=now,
        corrected_by=by,
    )


def _go_on(session: Session, step: CarriedOn, *, now: datetime, by: str) -> TeacherMovedSchool:
    """End a membership with its school, and begin one at the successor."""
    row = session.get_one(SchoolMembership, step.held.id)
    row.ends_on = step.last_day
    row.touch(now=now, by=by)
    kept = _of_successor(session, step, now=now, by=by)
    if kept is None:
        kept = SchoolMembership(
            id=new_id(),
            teacher_id=row.teacher_id,
            urn=step.to_urn,
            role=row.role,
            starts_on=step.starts_on,
            ends_on=None,
            **made(now, by),
        )
        session.add(kept)
    session.flush()
    return TeacherMovedSchool(
        teacher_id=row.teacher_id,
        from_urn=row.urn,
        to_urn=kept.urn,
        role=TeacherRole(kept.role),
        moved_on=step.first_day,
        reason=MoveReason.SUCCESSION,
    )


def _correct(session: Session, step: CarriedOn, *, now: datetime, by: str) -> MembershipCorrected:
    """Move a membership that was recorded under the closed school's URN to the successor."""
    row = session.get_one(SchoolMembership, step.held.id)
    from_urn, new = (
        row.urn,
        {"urn": step.to_urn, "role": row.role, "starts_on": step.starts_on, "ends_on": None},
    )
    session.add(trail_of(row, new, NOTE, now=now, by=by))
    kept = _of_successor(session, step, now=now, by=by)
    if kept is None:
        kept = row
        row.urn, row.starts_on = step.to_urn, step.starts_on
        row.touch(now=now, by=by)
    else:
        session.delete(row)
    session.flush()
    return corrected(session, kept, from_urn=from_urn)


def _of_successor(session: Session, step: CarriedOn, *, now: datetime, by: str) -> SchoolMembership | None:
    """Return the membership at the successor that the person already has, begun no later."""
    if step.joins is None:
        return None
    kept = session.get_one(SchoolMembership, step.joins)
    if kept.starts_on != step.starts_on:
        kept.starts_on = step.starts_on
        kept.touch(now=now, by=by)
    return kept
