"""Routes about records of one person: /enrolment/v1/teachers/duplicates, …/merges, …/{id}/anonymisation."""

from marshmallow import Schema, fields

from hub_enrolment.access import HUB_LEADS, HUB_STAFF
from hub_enrolment.commands.mergers import (
    AnonymiseTeacher,
    AnonymiseTeacherSchema,
    MergeTeachers,
    MergeTeachersSchema,
)
from hub_enrolment.handlers import erasures, mergers
from hub_enrolment.handlers.mergers import Merger
from hub_enrolment.models import Teacher
from hub_enrolment.queries import duplicates as queries
from hub_enrolment.queries.duplicates import LikelyPair
from hub_platform.routes import Answer, Call, Page, route

URL = "/enrolment/v1/teachers"


class LikelyTeacherSchema(Schema):
    """One record of a pair, with the details by which people are distinguished."""

    teacher_id = fields.UUID(attribute="id")
    given = fields.String()
    family = fields.String()
    email = fields.String()


class DuplicateSchema(Schema):
    """Two records that may be of one person, and why: `same_email`, `same_name_at_school`, `same_trn`."""

    first = fields.Nested(LikelyTeacherSchema)
    second = fields.Nested(LikelyTeacherSchema)
    reasons = fields.List(fields.String())


class ObstacleSchema(Schema):
    """A conflict that hub staff must resolve first."""

    code = fields.String()
    detail = fields.String()


class MergerSchema(Schema):
    """The effects of a merger, or in a dry run the expected effects.

    `moves`: rows of the record that goes, by table. `withdrawn`: places that are given up as both records
    hold one on the same group. `ended`: leadership roles that both hold, of which one goes on.
    `address_confirmed`: whether messages may go to the e-mail address that is left.
    """

    from_id = fields.UUID()
    into_id = fields.UUID()
    dry_run = fields.Boolean()
    moves = fields.Dict(keys=fields.String(), values=fields.Integer())
    withdrawn = fields.Function(
        lambda merger: [str(place.id) for place in merger.withdrawn],
        metadata={"type": "array", "items": {"type": "string", "format": "uuid"}},
    )
    ended = fields.Function(
        lambda merger: [str(role.id) for role in merger.ended],
        metadata={"type": "array", "items": {"type": "string", "format": "uuid"}},
    )
    memberships_joined = fields.Function(
        lambda merger: sum(len(one.dropped) for one in merger.joined), metadata={"type": "integer"}
    )
    in_the_way = fields.List(fields.Nested(ObstacleSchema))
    address_confirmed = fields.Boolean()


class AnonymisedSchema(Schema):
    """A teacher whose personal data was erased."""

    teacher_id = fields.UUID(attribute="id")
    anonymised_on = fields.Date()
    reason = fields.String(attribute="anonymised_reason")


class Mergers:
    """Records of one person. For hub staff only: this is personal data."""

    @route("GET", f"{URL}/duplicates", allow=HUB_STAFF, paged=True, answer=DuplicateSchema, personal=True)
    def list_duplicates(self, call: Call[None]) -> Page[LikelyPair]:
        """List pairs of records that may be of one person.

        They have an e-mail address in common, and names that may be one person's; or names that are like each
        other, and work at the same school; or a TRN in common. Former names, addresses and TRNs count. Two
        TRNs tell people at one school apart. A pair that was registered with `different_from` is left out.
        """
        rows, following = call.page.fetch(call.session, queries.list_duplicates(), queries.KEYS)
        return Page(queries.describe(call.session, rows), following)

    @route("POST", f"{URL}/merges", allow=HUB_STAFF, body=MergeTeachersSchema, answer=MergerSchema)
    def merge_teachers(self, call: Call[MergeTeachers]) -> Merger:
        """Merge two records of one person; a dry run shows first what would move.

        The record `from_id` stays as a trail: read, it answers with the one that it was merged into, and a
        command about it is refused with `teacher_merged`. Of two places on one group the one that was not
        used is withdrawn, of two unused ones the younger. A merger cannot be undone. Where the records have
        different e-mail addresses and schools, give the `email` or say `keep_email: true`, as for a move;
        where both have a TRN, say `keep_trn: true` if that of `into_id` is right.
        """
        return mergers.merge_teachers(call.session, call.command, now=call.now, by=call.actor.subject)

    @route(
        "POST",
        f"{URL}/<uuid:teacher_id>/anonymisation",
        allow=HUB_LEADS,
        body=AnonymiseTeacherSchema,
        answer=AnonymisedSchema,
    )
    def anonymise_teacher(self, call: Call[AnonymiseTeacher]) -> Answer:
        """Erase a teacher's personal data; counts that include them stay. It cannot be undone.

        Refused while they hold a place on a group that goes on, or a leadership role: these are ended first.
        """
        teacher: Teacher = erasures.anonymise_teacher(
            call.session, call.command, now=call.now, by=call.actor.subject
        )
        return Answer(teacher, revision=teacher.revision)
