"""The command to enrol a list of participants, and the commands in its rows."""

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
    skip_refused: bool  # enrol the valid rows although others are refused


@dataclass(frozen=True)
class Asked:
    """The participant of a row."""

    person: RegisterTeacher
    lead: bool


def read_row(line: Line) -> tuple[Asked | None, list[RowProblem]]:
    """Return the participant of a row, or None and all its problems."""
    named = line.named
    problems = [
        RowProblem(line.number, column, "missing", "This cell is required.") for column in _blank(named)
    ]
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
    reported = {one.column for one in problems}
    try:
        person = RegisterTeacherSchema().load(values | {"trn": trn})
    except ValidationError as exc:
        problems.extend(
            RowProblem(line.number, column, "invalid", " ".join(map(str, messages)))
            for column, messages in exc.messages_dict.items()
            if column not in reported
        )
    return (None, problems) if problems else (Asked(person, bool(lead)), [])


def _blank(named: Mapping[str, str]) -> list[str]:
    """Return the required columns that a row leaves blank; one part of a name is enough."""
    one_name = any(named[column] for column in uploads.NAMES)
    return [
        column
        for column in uploads.NEEDED
        if not named[column] and not (one_name and column in uploads.NAMES)
    ]


def problem_of(line: Line, refused: Refused) -> RowProblem:
    """Return a refusal as a problem of a row, in the column that its pointer names."""
    column = refused.pointer.removeprefix("/")
    known = column if column in uploads.COLUMNS else ""
    return RowProblem(line.number, known, refused.code, refused.detail)
