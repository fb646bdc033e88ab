"""Routes below /enrolment/v1/imports."""

from typing import Final

from marshmallow import Schema, fields, validate

from hub_enrolment.access import HUB_STAFF
from hub_enrolment.commands.imports import ImportGias
from hub_enrolment.files.reading import RegisterFile, read_register
from hub_enrolment.handlers import imports as handlers
from hub_enrolment.models import GiasFinding, GiasImport
from hub_enrolment.store import imports as store
from hub_platform.csv_writer import to_csv
from hub_platform.routes import Answer, Body, Call, Content, Page, Raw, route

FINDINGS_SHOWN: Final = 1_000
IMPORT_SECONDS: Final = 900.0  # 50,000 rows take 33 s where little else is done
LARGEST_FILE: Final = 128 * 1024 * 1024  # bytes; the national establishments file of 2025 has 61 MB

IMPORTS: Final = "/enrolment/v1/imports"
CSV: Final = "text/csv"
COLUMNS: Final = ("row", "column", "urn", "code", "detail")


class FindingSchema(Schema):
    """A remark about one row for a person to look at; row 1 is the header, 0 stands for no row."""

    row = fields.Integer()
    column = fields.String()
    urn = fields.String()
    code = fields.String()
    detail = fields.String()


class PersonSchema(Schema):
    """A teacher who works at a school that closes."""

    teacher_id = fields.UUID()
    given = fields.String()
    family = fields.String()


class SchoolMovesSchema(Schema):
    """A school that closes, or whose successor the file names, with its records before anything moves.

    People and upcoming sessions move to the successor when `in_effect` is true, otherwise once the register
    says that the school has closed. Places, waiting lists, offers and applications keep the number and count
    for the successor. Without a successor nothing moves.
    """

    urn = fields.String(attribute="school.urn")
    name = fields.String(attribute="school.name")
    successor_urn = fields.String(attribute="school.successor_urn", allow_none=True)
    first_day = fields.Date(allow_none=True)
    in_effect = fields.Boolean()
    people_n = fields.Integer(attribute="held.people_n")
    people = fields.List(fields.Nested(PersonSchema), attribute="held.people")
    sessions_n = fields.Integer(attribute="held.sessions_n")
    places_n = fields.Integer(attribute="held.places_n")
    waiting_n = fields.Integer(attribute="held.waiting_n")
    offers_n = fields.Integer(attribute="held.offers_n")
    applications_n = fields.Integer(attribute="held.applications_n")


class ImportedSchema(Schema):
    """The changes of a file, in a preview the expected ones; `moves` has up to 1,000 schools that close."""

    import_id = fields.UUID(allow_none=True)
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
    moves_n = fields.Function(lambda imported: len(imported.moves), metadata={"type": "integer"})
    moves = fields.List(fields.Nested(SchoolMovesSchema), attribute="moves_shown")


class ImportSchema(Schema):
    """A file that was applied. Of early ones the last three counts are not known."""

    import_id = fields.UUID(attribute="id")
    file = fields.String()
    file_date = fields.Date(allow_none=True)
    sha256 = fields.String()
    rows = fields.Integer()
    created = fields.Integer()
    changed = fields.Integer()
    unchanged = fields.Integer()
    closed = fields.Integer(allow_none=True)
    successors = fields.Integer(allow_none=True)
    skipped = fields.Integer(allow_none=True)
    findings_n = fields.Integer(attribute="findings")
    applied_at = fields.AwareDateTime()
    applied_by = fields.String()


class ImportQuery(Schema):
    """Mode and date of an import."""

    mode = fields.String(required=True, validate=validate.OneOf(("preview", "apply")))
    file_date = fields.Date(load_default=None)


def read_file(body: Body) -> RegisterFile:
    """Read the uploaded file as it arrives."""
    return read_register(body.chunks(), subject=body.subject)


class Imports:
    """The register of schools, as Get Information About Schools publishes it."""

    @route(
        "POST",
        f"{IMPORTS}/gias",
        allow=HUB_STAFF,
        body=Raw(at_most=LARGEST_FILE, read=read_file),
        query=ImportQuery,
        answer=ImportedSchema,
        seconds=IMPORT_SECONDS,
    )
    def import_gias(self, call: Call[None]) -> handlers.Imported:
        """Import a file of GIAS, or preview the changes.

        The header tells which of the establishments, links, groups and group links files it is. A file with a
        problem is refused whole, in a preview too; the first 1,000 findings are shown. `moves` names what is
        recorded at each school that closes: people and upcoming sessions move to the successor.
        """
        command = ImportGias(apply=call.query["mode"] == "apply", file_date=call.query["file_date"])
        return handlers.import_gias(call.session, command, call.content, now=call.now, by=call.actor.subject)

    @route("GET", IMPORTS, allow=HUB_STAFF, paged=True, answer=ImportSchema)
    def list_imports(self, call: Call[None]) -> Page[GiasImport]:
        """List the files that were applied, newest first."""
        statement = store.list_imports()
        return Page(*call.page.fetch(call.session, statement, [GiasImport.id], newest_first=True))

    @route("GET", f"{IMPORTS}/<uuid:import_id>", allow=HUB_STAFF, answer=ImportSchema)
    def get_import(self, call: Call[None]) -> Answer:
        """Read the changes that one file made."""
        return Answer(handlers.find_import(call.session, call.path["import_id"]))

    @route("GET", f"{IMPORTS}/<uuid:import_id>/findings", allow=HUB_STAFF, paged=True, answer=FindingSchema)
    def list_findings(self, call: Call[None]) -> Page[GiasFinding]:
        """List the findings of a file in the order of discovery."""
        found = handlers.find_import(call.session, call.path["import_id"])
        statement = store.list_findings(found.id)
        return Page(*call.page.fetch(call.session, statement, [GiasFinding.number]))

    @route("GET", f"{IMPORTS}/<uuid:import_id>/findings.csv", allow=HUB_STAFF, media_type=CSV)
    def download_findings(self, call: Call[None]) -> Content:
        """Download all findings of a file as CSV."""
        found = handlers.find_import(call.session, call.path["import_id"])
        findings = call.session.scalars(store.list_findings(found.id).order_by(GiasFinding.number))
        name = f"findings-{found.file}-{found.applied_at:%Y-%m-%d}.csv"
        return Content(
            to_csv([COLUMNS, *([getattr(one, name) for name in COLUMNS] for one in findings)]),
            f"{CSV}; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )
