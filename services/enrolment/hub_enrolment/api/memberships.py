"""Routes below /enrolment/v1/teachers/…/memberships: correcting memberships."""

from typing import Final

from marshmallow import Schema, fields

from hub_enrolment.access import HUB_STAFF
from hub_enrolment.api.teachers import SchoolMembershipSchema
from hub_enrolment.commands.memberships import CorrectMembership, CorrectMembershipSchema
from hub_enrolment.handlers import memberships as handlers
from hub_enrolment.handlers import teachers as teacher_handlers
from hub_enrolment.models import MembershipCorrection
from hub_enrolment.store import teachers as store
from hub_platform.routes import Answer, Call, Page, route

ONE: Final = "/enrolment/v1/teachers/<uuid:teacher_id>/memberships/<uuid:membership_id>"


class MembershipCorrectionSchema(Schema):
    """A correction of a membership: its values before and after.

    `enrolment_ids`: places that count for the new school since. Leadership roles, entries of waiting lists
    and PD days that had the wrong school from the membership have the right one since, too.
    """

    old_urn = fields.String()
    old_role = fields.String()
    old_starts_on = fields.Date()
    old_ends_on = fields.Date(allow_none=True)
    new_urn = fields.String()
    new_role = fields.String()
    new_starts_on = fields.Date()
    new_ends_on = fields.Date(allow_none=True)
    enrolment_ids = fields.List(fields.UUID())
    leader_role_ids = fields.List(fields.UUID())
    waiting_entry_ids = fields.List(fields.UUID())
    pd_day_ids = fields.List(fields.UUID())
    reason = fields.String(attribute="note", allow_none=True)
    corrected_at = fields.AwareDateTime()
    corrected_by = fields.String()


class Memberships:
    """Memberships of one teacher at schools, present and past."""

    @route("GET", ONE, allow=HUB_STAFF, answer=SchoolMembershipSchema)
    def get_membership(self, call: Call[None]) -> Answer:
        """Read one membership."""
        teacher_id = teacher_handlers.find_teacher(call.session, call.path["teacher_id"]).teacher.id
        row = handlers.find_membership(call.session, teacher_id, call.path["membership_id"])
        return Answer(row, revision=row.revision)

    @route("PATCH", ONE, allow=HUB_STAFF, body=CorrectMembershipSchema, answer=SchoolMembershipSchema)
    def correct_membership(self, call: Call[CorrectMembership]) -> Answer:
        """Correct a wrong membership: its school, role, first or last day; with a `reason`.

        A teacher who has moved is corrected by a move, not here. Places on Work Groups keep the school for
        which they count, except those named in `also_places`: after a wrong school at registration these are
        usually all that were given since. They, their marks and the schools of their groups count for the
        right school from their first day on. Leadership roles, open entries of waiting lists, registrations
        for PD days and attendances there that had the wrong school from this membership follow by themselves.
        """
        row = handlers.correct_membership(
            call.session, call.command, expected=call.expected, now=call.now, by=call.actor.subject
        )
        return Answer(row, revision=row.revision)

    @route("GET", f"{ONE}/corrections", allow=HUB_STAFF, paged=True, answer=MembershipCorrectionSchema)
    def list_corrections(self, call: Call[None]) -> Page[MembershipCorrection]:
        """List the corrections of a membership, the oldest first."""
        teacher_id = teacher_handlers.find_teacher(call.session, call.path["teacher_id"]).teacher.id
        row = handlers.find_membership(call.session, teacher_id, call.path["membership_id"])
        keys = [MembershipCorrection.corrected_at, MembershipCorrection.id]
        return Page(*call.page.fetch(call.session, store.list_corrections(row.id), keys))
