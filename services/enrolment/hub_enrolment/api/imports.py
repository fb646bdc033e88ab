"""Routes below /enrolment/v1/imports."""

from typing import Any

from marshmallow import Schema, fields, validate

from hub_enrolment.access import HUB_STAFF
from hub_enrolment.handlers import imports as handlers
from hub_platform.routes import RAW, Call, route

FINDINGS_SHOWN = 1_000


class FindingSchema(Schema):
    """Something about one row that a person may want to look at; row 1 is the header."""

    row = fields.Integer()
    column = fields.String()
    urn = fields.String()
    code = fields.String()
    detail = fields.String()


class ImportedSchema(Schema):
    """What a file changed, or in a preview would change."""

    mode = fields.String()
    file = fields.String()
    rows = fields.Integer()
    created = fields.Integer()
    changed = fields.Integer()
    unchanged = fields.Integer()
    closed = fields.Integer()
    successors = fields.Integer()
    skipped = fields.Integer()
    findings_n = fields.Function(lambda imported: len(imported.findings), metadata={"type": "integer"})
    findings = fields.Function(
        lambda imported: FindingSchema(many=True).dump(imported.findings[:FINDINGS_SHOWN]),
        metadata={"type": "array"},
    )


class ImportQuery(Schema):
    """How to import."""

    mode = fields.String(required=True, validate=validate.OneOf(("preview", "apply")))
    file_date = fields.Date(load_default=None)


class Imports:
    """The register of schools, as Get Information About Schools publishes it."""

    @route(
        "POST",
        "/enrolment/v1/imports/gias",
        allow=HUB_STAFF,
        body=RAW,
        query=ImportQuery,
        answer=ImportedSchema,
    )
    def import_gias(self, call: Call[Any]) -> handlers.Imported:
        """Import the establishments or the links file of GIAS, or say what that would change.

        The two files are told apart by their header. A file with a problem is refused whole, in a preview
        too; the first 1,000 findings are shown.
        """
        return handlers.import_gias(
            call.session,
            call.raw,
            apply=call.query["mode"] == "apply",
            file_date=call.query["file_date"],
            now=call.now,
            by=call.actor.subject,
        )
