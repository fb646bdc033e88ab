"""Routes below /enrolment/v1/work-groups/…/enrolments and /enrolment/v1/enrolments."""

from marshmallow import Schema, fields, validate

from hub_enrolment.access import GROUP_STAFF, HUB_STAFF, check_override, check_own_group
from hub_enrolment.commands.codes import OneOf
from hub_enrolment.commands.enrolments import (
    EnrolParticipant,
    EnrolParticipantSchema,
    TransferParticipant,
    TransferParticipantSchema,
    UndoWithdrawal,
    UndoWithdrawalSchema,
    WithdrawParticipant,
    WithdrawParticipantSchema,
)
from hub_enrolment.domain.enrolments import EnrolmentStatus
from hub_enrolment.domain.gias_establishments import URN
from hub_enrolment.handlers import enrolments as handlers
from hub_enrolment.handlers import withdrawals
from hub_enrolment.handlers.schools import numbers_of
from hub_enrolment.models import Enrolment, UndoneWithdrawal
from hub_enrolment.store import enrolments as store
from hub_enrolment.store import teachers as teacher_store
from hub_enrolment.store import work_groups as group_store
from hub_enrolment.store.enrolments import find_enrolment
from hub_enrolment.store.work_groups import find_work_group
from hub_platform.routes import Answer, Call, Page, route


class EnrolmentSchema(Schema):
    """A teacher's place on a Work Group."""

    enrolment_id = fields.UUID(attribute="id")
    work_group_id = fields.UUID()
    teacher_id = fields.UUID()
    urn = fields.String()
    role = fields.String()
    status = fields.String()
    enrolled_at = fields.AwareDateTime()
    withdrawn_at = fields.AwareDateTime(allow_none=True)
    withdrawn_reason = fields.String(allow_none=True)
    override_reason = fields.String(allow_none=True)
    transferred_from = fields.UUID(allow_none=True)
    completion_decided_at = fields.AwareDateTime(allow_none=True)


class ParticipantSchema(Schema):
    """A place with the participant's name, as a register needs it."""

    enrolment_id = fields.UUID(attribute="row.id")
    teacher_id = fields.UUID(attribute="row.teacher_id")
    given = fields.String()
    family = fields.String()
    urn = fields.String(attribute="row.urn")
    role = fields.String(attribute="row.role")
    status = fields.String(attribute="row.status")
    enrolled_at = fields.AwareDateTime(attribute="row.enrolled_at")
    withdrawn_at = fields.AwareDateTime(attribute="row.withdrawn_at", allow_none=True)
    withdrawn_reason = fields.String(attribute="row.withdrawn_reason", allow_none=True)


class UndoneWithdrawalSchema(Schema):
    """A withdrawal that was undone."""

    withdrawn_at = fields.AwareDateTime()
    withdrawn_reason = fields.String()
    undone_at = fields.AwareDateTime()
    undone_by = fields.String()
    reason = fields.String(attribute="note", allow_none=True)


class EnrolmentQuery(Schema):
    """Filters of the places of a Work Group."""

    status = OneOf(EnrolmentStatus, load_default=None)
    urn = fields.String(load_default=None, validate=validate.Regexp(rf"{URN.pattern}\Z"))


class Enrolments:
    """Places on Work Groups."""

    @route(
        "POST",
        "/enrolment/v1/work-groups/<uuid:work_group_id>/enrolments",
        allow=HUB_STAFF,
        body=EnrolParticipantSchema,
        answer=EnrolmentSchema,
        status=201,
    )
    def enrol_participant(self, call: Call[EnrolParticipant]) -> Answer:
        """Enrol a teacher on a Work Group.

        A school, or a group that takes place, may have more places than the programme allows when a hub lead
        gives a reason, which is kept.
        """
        if call.command.override_reason is not None:
            check_override(call.actor)
        enrolment = handlers.enrol_participant(
            call.session, call.command, now=call.now, by=call.actor.subject
        )
        return _answer(enrolment, location=f"/enrolment/v1/enrolments/{enrolment.id}")

    @route(
        "GET",
        "/enrolment/v1/work-groups/<uuid:work_group_id>/enrolments",
        allow=GROUP_STAFF,
        query=EnrolmentQuery,
        paged=True,
        answer=ParticipantSchema,
        personal=True,
    )
    def list_enrolments(self, call: Call[None]) -> Page[dict[str, object]]:
        """List the places of a Work Group with the participants' names, withdrawn ones included."""
        group = find_work_group(call.session, call.path["work_group_id"], now=call.now)
        check_own_group(call.actor, group.lead_ids)
        urns = numbers_of(call.session, call.query["urn"], now=call.now)
        statement = store.list_enrolments(group.row.id, status=call.query["status"], urns=urns)
        rows, following = call.page.fetch(call.session, statement, [Enrolment.id])
        names = teacher_store.names(call.session, [row.teacher_id for row in rows])
        items: list[dict[str, object]] = [
            {"row": row} | dict(zip(("given", "family"), names[row.teacher_id], strict=True)) for row in rows
        ]
        return Page(items, following)

    @route("GET", "/enrolment/v1/enrolments/<uuid:enrolment_id>", allow=GROUP_STAFF, answer=EnrolmentSchema)
    def get_enrolment(self, call: Call[None]) -> Answer:
        """Read a place."""
        enrolment = find_enrolment(call.session, call.path["enrolment_id"])
        check_own_group(call.actor, group_store.lead_ids(call.session, enrolment.work_group_id))
        return _answer(enrolment)

    @route(
        "POST",
        "/enrolment/v1/enrolments/<uuid:enrolment_id>/withdrawal",
        allow=HUB_STAFF,
        body=WithdrawParticipantSchema,
        answer=EnrolmentSchema,
    )
    def withdraw_participant(self, call: Call[WithdrawParticipant]) -> Answer:
        """End a participant's place, with a reason; a free place is offered to the waiting list."""
        enrolment = handlers.withdraw_participant(
            call.session, call.command, now=call.now, by=call.actor.subject
        )
        return _answer(enrolment)

    @route(
        "POST",
        "/enrolment/v1/enrolments/<uuid:enrolment_id>/withdrawal/undo",
        allow=HUB_STAFF,
        body=UndoWithdrawalSchema,
        answer=EnrolmentSchema,
    )
    def undo_withdrawal(self, call: Call[UndoWithdrawal]) -> Answer:
        """Undo a mistaken withdrawal: the place is active again from its first day on.

        Where the group has no free place, or others wait for one, a hub lead gives an `override_reason`.
        """
        if call.command.override_reason is not None:
            check_override(call.actor)
        enrolment = withdrawals.undo_withdrawal(
            call.session, call.command, now=call.now, by=call.actor.subject
        )
        return _answer(enrolment)

    @route(
        "GET",
        "/enrolment/v1/enrolments/<uuid:enrolment_id>/withdrawal/undone",
        allow=HUB_STAFF,
        paged=True,
        answer=UndoneWithdrawalSchema,
    )
    def list_undone_withdrawals(self, call: Call[None]) -> Page[UndoneWithdrawal]:
        """List the withdrawals of a place that were undone, the oldest first."""
        enrolment = find_enrolment(call.session, call.path["enrolment_id"])
        keys = [UndoneWithdrawal.undone_at, UndoneWithdrawal.id]
        return Page(*call.page.fetch(call.session, store.list_undone_withdrawals(enrolment.id), keys))

    @route(
        "POST",
        "/enrolment/v1/enrolments/<uuid:enrolment_id>/transfer",
        allow=HUB_STAFF,
        body=TransferParticipantSchema,
        answer=EnrolmentSchema,
        status=201,
    )
    def transfer_participant(self, call: Call[TransferParticipant]) -> Answer:
        """Transfer a participant to another group of the same programme; returns the new place."""
        enrolment = handlers.transfer_participant(
            call.session, call.command, now=call.now, by=call.actor.subject
        )
        return _answer(enrolment, location=f"/enrolment/v1/enrolments/{enrolment.id}")


def _answer(enrolment: Enrolment, location: str | None = None) -> Answer:
    return Answer(enrolment, revision=enrolment.revision, location=location)
