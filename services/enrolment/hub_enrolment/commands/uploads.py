"""A list of participants, and each of its rows as commands."""

from dataclasses import dataclass
from uuid import UUID

from marshmallow import ValidationError

from hub_enrolment.commands.teachers import RegisterTeacher, RegisterTeacherSchema
from hub_enrolment.domain import teachers, uploads
from hub_enrolment.domain.gias_file import Table
from hub_enrolment.domain.refusals import Refused
from hub_enrolment.domain.uploads import Line, RowProblem


@dataclass(frozen=True, kw_only=True)
class UploadParticipants:
    """Enrol everybody on a list, or say what would become of it."""

    work_group_id: UUID
    table: Table
    apply: bool
    skip_refused: bool  # take the rows that can be taken, where others cannot


@dataclass(frozen=True)
class Asked:
    """What a row says."""

    person: RegisterTeacher
    lead: bool


def read_row(line: Line) -> tuple[Asked | None, list[RowProblem]]:
    """What a row says, or everything that is wrong with it."""
    named = line.named
    problems = [
        RowProblem(line.number, column, "missing", "This is needed.")
        for column in uploads.NEEDED
        if not named[column]
    ]
    lead = False
    trn = named["trn"] or None
    try:
        lead = uploads.read_lead(named["lead"])
    except Refused as exc:
        problems.append(problem_of(line, exc))
    try:
        trn = None if trn is None else teachers.normalise_trn(trn)
    except Refused as exc:
        problems.append(problem_of(line, exc))
        trn = None
    values = {name: named[name] for name in ("given", "family", "email", "urn")}
    values["role"] = uploads.read_role(named["role"])
    try:
        person = RegisterTeacherSchema().load(values | {"trn": trn})
    except ValidationError as exc:
        problems.extend(
            RowProblem(line.number, column, "invalid", " ".join(map(str, said)))
            for column, said in exc.messages_dict.items()
            if named.get(column)  # what is blank has been told already
        )
    return (None, problems) if problems else (Asked(person, lead), [])


def problem_of(line: Line, refused: Refused) -> RowProblem:
    """A refusal as one of a row; the column is the one that its pointer names, where there is one."""
    column = refused.pointer.removeprefix("/")
    known = column if column in uploads.COLUMNS else ""
    return RowProblem(line.number, known, refused.code, refused.detail)
