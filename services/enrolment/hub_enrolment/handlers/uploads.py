"""Enrol all participants of a list, or none; a preview does the same and rolls it back."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from hub_enrolment.commands.enrolments import EnrolParticipant
from hub_enrolment.commands.uploads import Asked, UploadParticipants, problem_of, read_row
from hub_enrolment.domain import matching, uploads
from hub_enrolment.domain.evidence import Person, Record
from hub_enrolment.domain.matching import Known, New, Unclear
from hub_enrolment.domain.uploads import Line, Listing, RowProblem
from hub_enrolment.files.tables import Table
from hub_enrolment.files.uploads import read_listing
from hub_enrolment.steps.enrolments import PlaceRequest, enrol
from hub_enrolment.steps.registrations import described_by, register_teacher
from hub_enrolment.steps.teachers import add_trn
from hub_enrolment.store import matching as matching_store
from hub_enrolment.store import uploads as store
from hub_enrolment.store.standing_schools import standing_urn
from hub_enrolment.store.work_groups import find_work_group
from hub_kernel.england import day_in_england
from hub_kernel.refusals import Conflict, Refused

TOLD = 100  # problems listed in one refusal; the rest is only counted


@dataclass(frozen=True)
class Taken:
    """The result of an imported row."""

    row: int
    teacher_id: UUID
    enrolment_id: UUID
    new: bool  # the teacher was registered with it


@dataclass(frozen=True, kw_only=True)
class Seen:
    """The person that a row is about: `known`, `new` or `unclear`, and what will change."""

    row: int
    name: str
    urn: str
    person: str
    teacher_id: UUID | None = None  # of a known person
    known_as: str | None = None  # their name on the record
    changes: Sequence[str] = ()
    candidates: Sequence[Record] = ()  # the records that an unclear row may mean


@dataclass(frozen=True, kw_only=True)
class Uploaded:
    """The changes that a list made, or in a preview would make."""

    work_group_id: UUID
    mode: str
    listing: Listing
    taken: list[Taken] = field(default_factory=list)
    problems: list[RowProblem] = field(default_factory=list)
    people: list[Seen] = field(default_factory=list)
    may_be_meant: list[UUID] = field(default_factory=list)  # candidates to lock


@dataclass(frozen=True, kw_only=True)
class _Run:
    """One upload: its transaction, result so far, time and account."""

    session: Session
    uploaded: Uploaded
    now: datetime
    by: str


def upload_participants(
    session: Session, command: UploadParticipants, table: Table, *, now: datetime, by: str
) -> Uploaded:
    """Enrol every participant of a list; a person without a record (see `matching`) is registered first.

    Of a known teacher only a missing TRN is added. All rows or none, unless `skip_refused` is asked for.

    Raises:
        Unknown: `unknown_work_group`; FileRefused: see `read_listing`; Refused: `rows_refused`.
    """
    find_work_group(session, command.work_group_id, now=now)
    listing = read_listing(table)
    mode = "apply" if command.apply else "preview"
    uploaded = Uploaded(work_group_id=command.work_group_id, mode=mode, listing=listing)
    rows = [(line, *read_row(line)) for line in listing.lines]
    matching_store.lock_for_list(session)
    described = [described_by(said.person) for _, said, _ in rows if said is not None]
    uploaded.may_be_meant.extend(matching_store.hold(session, described))
    run = _Run(session=session, uploaded=uploaded, now=now, by=by)
    attempt = session.begin_nested()
    for line, said, problems in rows:
        if said is None:
            uploaded.problems.extend(_with_suggestions(session, line, problems))
        else:
            _take(run, line, said)
    if not command.apply:
        attempt.rollback()
        return uploaded
    if uploaded.problems and not command.skip_refused:
        raise rows_refused(uploaded.problems)
    attempt.commit()
    return uploaded


def rows_refused(problems: list[RowProblem]) -> Refused:
    """Build the refusal of a list with rejected rows."""
    refused_n = len({one.row for one in problems})
    told = [
        (f"/rows/{one.row}/{one.column}".rstrip("/"), f"Row {one.row}: {one.detail}")
        for one in problems[:TOLD]
    ]
    detail = f"Nothing imported: {refused_n} rows were rejected."
    return Refused("rows_refused", detail, errors=told)


def _take(run: _Run, line: Line, asked: Asked) -> None:
    """Import one row, all of it or nothing."""
    attempt = run.session.begin_nested()
    try:
        taken = _enrol(run, line, asked)
    except Refused as exc:
        attempt.rollback()
        run.uploaded.problems.append(problem_of(line, exc))
        return
    attempt.commit()
    run.uploaded.taken.append(taken)


def _enrol(run: _Run, line: Line, asked: Asked) -> Taken:
    session, uploaded, now, by = run.session, run.uploaded, run.now, run.by
    today = day_in_england(now)
    person = replace(asked.person, urn=standing_urn(session, asked.person.urn, day=today))
    described = described_by(person)
    listed = {taken.teacher_id for taken in uploaded.taken}
    records = matching_store.candidates(
        session, described, day=today, among=listed.union(uploaded.may_be_meant)
    )
    outcome = matching.match(described, records, listed=listed)
    uploaded.people.append(_seen(line, described, outcome))
    match outcome:
        case Unclear():
            raise _refusal(outcome)
        case Known(record):
            teacher_id = record.id
            if described.trn is not None and record.trn is None:
                add_trn(session, teacher_id, described.trn, now=now, by=by)
        case New():
            teacher_id = register_teacher(session, person, now=now, by=by).teacher.id
    role = "lead_participant" if asked.lead else "participant"
    place = EnrolParticipant(
        work_group_id=uploaded.work_group_id, teacher_id=teacher_id, role=role, urn=person.urn
    )
    enrolment = enrol(session, place, PlaceRequest(now), now=now, by=by)
    return Taken(line.number, teacher_id, enrolment.id, isinstance(outcome, New))


def _seen(line: Line, described: Person, outcome: Known | New | Unclear) -> Seen:
    (urn,) = described.urns
    seen = Seen(row=line.number, name=described.name, urn=urn, person="new")
    match outcome:
        case New():
            return seen
        case Unclear(candidates):
            return replace(seen, person="unclear", candidates=candidates)
        case Known(record):
            changes = matching.differences(described, record)
            return replace(seen, person="known", teacher_id=record.id, known_as=record.name, changes=changes)


def _refusal(unclear: Unclear) -> Conflict:
    """Build the problem of a rejected row, with the candidates by name."""
    detail = f"{matching.DETAILS[unclear.why]} Known: {matching.named(unclear.candidates)}."
    return Conflict(unclear.why, detail, matching.CELLS[unclear.why])


def _with_suggestions(session: Session, line: Line, problems: list[RowProblem]) -> list[RowProblem]:
    """Suggest a URN for a school's name; a row without a URN is never enrolled."""
    if line.named["urn"] or not line.named[uploads.SCHOOL]:
        return problems
    found = store.schools_called(session, line.named[uploads.SCHOOL])
    meant = ", ".join(f"{urn} ({name})" for urn, name in found) or "no school that is known here"
    missing = RowProblem(line.number, "urn", "urn_missing", f"Give the URN; the name may mean {meant}.")
    return [missing, *[one for one in problems if one.column != "urn"]]
