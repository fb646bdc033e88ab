"""Routes below /enrolment/v1/work-groups/…/uploads."""

from collections import defaultdict
from typing import Final

from marshmallow import Schema, fields, validate

from hub_enrolment.access import HUB_STAFF
from hub_enrolment.api.imports import CSV
from hub_enrolment.commands.uploads import UploadParticipants
from hub_enrolment.domain.uploads import REASON
from hub_enrolment.files.reading import read_list
from hub_enrolment.files.tables import Table
from hub_enrolment.handlers import uploads as handlers
from hub_enrolment.handlers.uploads import Uploaded
from hub_platform.csv_writer import to_csv
from hub_platform.routes import JSON, Answer, Body, Call, Content, Raw, route

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LARGEST_FILE: Final = 2 * 1024 * 1024  # bytes


class TakenRowSchema(Schema):
    """A row that was imported; `new`: the teacher was registered with it."""

    row = fields.Integer()
    teacher_id = fields.UUID()
    enrolment_id = fields.UUID()
    new = fields.Boolean()


class RefusedRowSchema(Schema):
    """The reason why a row was refused; row 1 is the header; an empty `column` stands for the whole row."""

    row = fields.Integer()
    column = fields.String()
    code = fields.String()
    detail = fields.String()


class NoteSchema(Schema):
    """A remark about a file, such as hidden rows that were left out."""

    code = fields.String()
    detail = fields.String()


class CandidateSchema(Schema):
    """A registered teacher who may be this person."""

    teacher_id = fields.UUID(attribute="id")
    given = fields.String()
    family = fields.String()
    urns = fields.Function(
        lambda record: sorted(record.urns), metadata={"type": "array", "items": {"type": "string"}}
    )


class RowPersonSchema(Schema):
    """The person that a row is about.

    `person`: `known` (with `teacher_id`, and `known_as`, the name on the record), `new`, or `unclear` (with
    the `candidates`; such a row is refused). `changes`: what will change, or differs and stays.
    """

    row = fields.Integer()
    name = fields.String()
    urn = fields.String()
    person = fields.String()
    teacher_id = fields.UUID(allow_none=True)
    known_as = fields.String(allow_none=True)
    changes = fields.List(fields.String())
    candidates = fields.List(fields.Nested(CandidateSchema))


class UploadedSchema(Schema):
    """The changes that a list made, or in a preview would make."""

    work_group_id = fields.UUID()
    mode = fields.String()
    rows_n = fields.Function(lambda uploaded: len(uploaded.listing.lines), metadata={"type": "integer"})
    enrolled_n = fields.Function(lambda uploaded: len(uploaded.taken), metadata={"type": "integer"})
    registered_n = fields.Function(
        lambda uploaded: sum(one.new for one in uploaded.taken), metadata={"type": "integer"}
    )
    refused_n = fields.Function(
        lambda uploaded: len({one.row for one in uploaded.problems}), metadata={"type": "integer"}
    )
    taken = fields.Function(
        lambda uploaded: TakenRowSchema(many=True).dump(uploaded.taken) if uploaded.mode == "apply" else [],
        metadata={"type": "array"},
    )
    problems = fields.List(fields.Nested(RefusedRowSchema))
    notes = fields.List(fields.Nested(NoteSchema), attribute="listing.notes")
    people = fields.List(fields.Nested(RowPersonSchema))


class UploadQuery(Schema):
    """Mode and format of an upload."""

    mode = fields.String(required=True, validate=validate.OneOf(("preview", "apply")))
    skip_refused = fields.Boolean(load_default=False)
    format = fields.String(load_default="json", validate=validate.OneOf(("json", "csv")))


def read_file(body: Body) -> Table:
    """Read the uploaded list."""
    return read_list(body.read(), subject=body.subject)


class Uploads:
    """Lists of participants."""

    @route(
        "POST",
        "/enrolment/v1/work-groups/<uuid:work_group_id>/uploads",
        allow=HUB_STAFF,
        body=Raw(at_most=LARGEST_FILE, media_types=(CSV, XLSX), read=read_file),
        query=UploadQuery,
        answer=UploadedSchema,
        media_type=(JSON, CSV),
    )
    def upload_participants(self, call: Call[None]) -> Answer | Content:
        """Enrol the participants of a list, CSV or XLSX, or preview the result.

        Columns: given, family, email, urn, role; if wanted trn, lead (yes or no), school. All rows are
        imported or none, unless `skip_refused`. `format=csv` returns refused rows with reasons as a file.
        """
        command = UploadParticipants(
            work_group_id=call.path["work_group_id"],
            apply=call.query["mode"] == "apply",
            skip_refused=call.query["skip_refused"],
        )
        uploaded = handlers.upload_participants(
            call.session, command, call.content, now=call.now, by=call.actor.subject
        )
        if call.query["format"] == "json":
            return Answer(uploaded)
        return Content(
            refused_rows(uploaded),
            f"{CSV}; charset=utf-8",
            headers={"Content-Disposition": 'attachment; filename="refused-rows.csv"'},
        )


def refused_rows(uploaded: Uploaded) -> bytes:
    """Return the refused rows as they were sent, with the reasons, to be corrected and sent again."""
    reasons: defaultdict[int, list[str]] = defaultdict(list)
    for one in uploaded.problems:
        reasons[one.row].append(f"{one.column}: {one.detail}" if one.column else one.detail)
    kept = [place for place, name in enumerate(uploaded.listing.header) if name.lower() != REASON]
    rows = [[*(uploaded.listing.header[place] for place in kept), REASON]]
    rows += [
        [*(line.cells[place] for place in kept), " ".join(reasons[line.number])]
        for line in uploaded.listing.lines
        if line.number in reasons
    ]
    return to_csv(rows)
