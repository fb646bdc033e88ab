"""A list of participants, and each of its rows as commands."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from marshmallow import ValidationError

from hub_enrolment.commands.teachers import RegisterTeacher, RegisterTeacherSchema
from hub_enrolment.domain import identifiers, uploads
from hub_enrolment.domain.uploads import Line, RowProblem
from hub_kernel.refusals import Refused

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class UploadParticipants:
    """Enrol the participants of a list, or preview what that would change."""

    work_group_id: UUID
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
    problems = [RowProblem(line.number, column, "missing", "This is needed.") for column in _blank(named)]
    problems += [
        RowProblem(line.number, column, "cell_error", f"The cell shows the error {text}; correct it.")
        for column, text in named.items()
        if text.upper() in uploads.ERRORS
    ]

    def read(column: str, reader: Callable[[str], T]) -> T | None:
        try:
            return reader(named[column]) if named[column] else None
        except Refused as exc:
            problems.append(problem_of(line, exc))
            return None

    lead = read("lead", uploads.read_lead)
    trn = read("trn", identifiers.read_trn)
    values = {name: named[name] for name in uploads.NAMES} | {"role": uploads.read_role(named["role"])}
    readers = (("email", identifiers.read_email), ("urn", identifiers.read_urn))
    values |= {name: found for name, reader in readers if (found := read(name, reader)) is not None}
    told = {one.column for one in problems}
    try:
        person = RegisterTeacherSchema().load(values | {"trn": trn})
    except ValidationError as exc:
        problems.extend(
            RowProblem(line.number, column, "invalid", " ".join(map(str, said)))
            for column, said in exc.messages_dict.items()
            if column not in told
        )
    return (None, problems) if problems else (Asked(person, bool(lead)), [])


def _blank(named: Mapping[str, str]) -> list[str]:
    """The columns that a row needs and leaves blank; of a name one part is enough."""
    one_name = any(named[column] for column in uploads.NAMES)
    return [
        column
        for column in uploads.NEEDED
        if not named[column] and not (one_name and column in uploads.NAMES)
    ]


def problem_of(line: Line, refused: Refused) -> RowProblem:
    """A refusal as one of a row; the column is the one that its pointer names, where there is one."""
    column = refused.pointer.removeprefix("/")
    known = column if column in uploads.COLUMNS else ""
    return RowProblem(line.number, known, refused.code, refused.detail)
