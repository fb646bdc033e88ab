"""Undo mistaken withdrawals; the reason is kept."""

from datetime import datetime

from sqlalchemy.orm import Session

from hub_contracts.enrolment import WithdrawalUndone
from hub_contracts.vocabulary import ParticipantRole
from hub_enrolment.commands.enrolments import UndoWithdrawal
from hub_enrolment.domain import enrolments
from hub_enrolment.models import Enrolment, UndoneWithdrawal
from hub_enrolment.steps.schools_on_groups import publish_schools
from hub_enrolment.steps.waiting_list import end_entry_of
from hub_enrolment.steps.work_groups import follow_change
from hub_enrolment.store import enrolments as store
from hub_enrolment.store import teachers as teacher_store
from hub_enrolment.store.enrolments import find_enrolment
from hub_enrolment.store.work_groups import lock_work_group
from hub_kernel.england import day_in_england
from hub_kernel.refusals import Conflict
from hub_messaging import outbox
from hub_platform.ids import new_id


def undo_withdrawal(session: Session, command: UndoWithdrawal, *, now: datetime, by: str) -> Enrolment:
    """Restore a place as if it had never been withdrawn; its marks, tasks and documents count again.

    An entry of the same teacher on the group's waiting list ends with it.

    Raises:
        Unknown: `unknown_enrolment`; Conflict: `teacher_anonymised`; see also `enrolments.undo_withdrawal`.
    """
    known = find_enrolment(session, command.enrolment_id)
    # The teacher first, then the group: every transaction that locks both uses this order.
    if not teacher_store.hold(session, [known.teacher_id]).get(known.teacher_id):
        raise Conflict("teacher_anonymised", "The teacher was anonymised; the place stays as it is.")
    locked = lock_work_group(session, known.work_group_id)
    enrolment = find_enrolment(session, command.enrolment_id)  # as it is now that the group is locked
    end_entry_of(session, locked.group.id, enrolment.teacher_id, now=now, by=by)
    given = enrolments.undo_withdrawal(
        store.places(
            session,
            locked,
            teacher_id=enrolment.teacher_id,
            urn=enrolment.urn,
            day=day_in_england(now),
        ),
        enrolment.status,
        enrolment.withdrawn_reason,
        override=command.override_reason is not None,
    )
    undone = _undone(enrolment, command.reason, now=now, by=by)
    session.add(undone)
    enrolment.status, enrolment.withdrawn_at, enrolment.withdrawn_reason = "active", None, None
    if given.over_cap:
        enrolment.override_reason = command.override_reason
    enrolment.touch(now=now, by=by)
    session.flush()
    outbox.record(session, _event(enrolment, undone), occurred_at=now, by=by)
    if enrolment.role == ParticipantRole.LEAD_PARTICIPANT:
        publish_schools(session, locked, [enrolment.urn], now=now, by=by)
    follow_change(session, locked, now=now, by=by)
    return enrolment


def _undone(enrolment: Enrolment, reason: str, *, now: datetime, by: str) -> UndoneWithdrawal:
    return UndoneWithdrawal(
        id=new_id(),
        enrolment_id=enrolment.id,
        withdrawn_at=enrolment.withdrawn_at,
        withdrawn_reason=enrolment.withdrawn_reason,
        undone_at=now,
        undone_by=by,
        note=reason,
    )


def _event(enrolment: Enrolment, undone: UndoneWithdrawal) -> WithdrawalUndone:
    return WithdrawalUndone(
        enrolment_id=enrolment.id,
        work_group_id=enrolment.work_group_id,
        teacher_id=enrolment.teacher_id,
        urn=enrolment.urn,
        role=ParticipantRole(enrolment.role),
        enrolled_on=day_in_england(enrolment.enrolled_at),
        withdrawn_on=day_in_england(undone.withdrawn_at),
        undone_on=day_in_england(undone.undone_at),
    )
