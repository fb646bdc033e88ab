"""Everybody on a list is enrolled, or nobody; a preview does the same and takes it back."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from hub_enrolment.commands.enrolments import EnrolParticipant
from hub_enrolment.commands.uploads import Asked, UploadParticipants, problem_of, read_row
from hub_enrolment.domain import uploads
from hub_enrolment.domain.refusals import Refused
from hub_enrolment.domain.uploads import Line, Listing, RowProblem
from hub_enrolment.handlers import work_groups
from hub_enrolment.handlers.enrolments import enrol_participant
from hub_enrolment.handlers.teachers import register_teacher
from hub_enrolment.store import uploads as store

TOLD = 100  # problems told in one refusal; the rest is only counted


@dataclass(frozen=True)
class Taken:
    """What became of a row that was taken."""

    row: int
    teacher_id: UUID
    enrolment_id: UUID
    new: bool  # the teacher was registered with it


@dataclass(frozen=True, kw_only=True)
class Uploaded:
    """What a list changed, or in a preview would change."""

    work_group_id: UUID
    mode: str
    listing: Listing
    taken: list[Taken] = field(default_factory=list)
    problems: list[RowProblem] = field(default_factory=list)


def upload_participants(session: Session, command: UploadParticipants, *, now: datetime, by: str) -> Uploaded:
    """Enrol everybody on a list; who is not known, by number or address, is registered before.

    What is held of known teachers is not changed. All rows or none, unless `skip_refused` is asked for.

    Raises:
        Unknown: `unknown_work_group`; FileRefused: see `read_listing`; Refused: `rows_refused`.
    """
    work_groups.find_work_group(session, command.work_group_id)
    listing = uploads.read_listing(command.table)
    mode = "apply" if command.apply else "preview"
    uploaded = Uploaded(work_group_id=command.work_group_id, mode=mode, listing=listing)
    rows = [(line, *read_row(line)) for line in listing.lines]
    asked = [said.person for _, said, _ in rows if said is not None]
    store.lock_uploads(session)
    store.hold_known(session, trns={one.trn for one in asked if one.trn}, emails={one.email for one in asked})
    attempt = session.begin_nested()
    for line, said, problems in rows:
        if said is None:
            uploaded.problems.extend(_with_suggestions(session, line, problems))
        else:
            _take(session, uploaded, line, said, now=now, by=by)
    if not command.apply:
        attempt.rollback()
        return uploaded
    if uploaded.problems and not command.skip_refused:
        raise rows_refused(uploaded.problems)
    attempt.commit()
    return uploaded


def rows_refused(problems: list[RowProblem]) -> Refused:
    """Some rows cannot be taken, so none is."""
    refused_n = len({one.row for one in problems})
    told = [
        (f"/rows/{one.row}/{one.column}".rstrip("/"), f"Row {one.row}: {one.detail}")
        for one in problems[:TOLD]
    ]
    detail = f"Nothing was taken, as {refused_n} rows cannot be."
    return Refused("rows_refused", detail, errors=told)


def _take(session: Session, uploaded: Uploaded, line: Line, asked: Asked, *, now: datetime, by: str) -> None:
    """One row, all of it or nothing."""
    attempt = session.begin_nested()
    try:
        taken = _enrol(session, uploaded.work_group_id, line, asked, now=now, by=by)
    except Refused as exc:
        attempt.rollback()
        uploaded.problems.append(problem_of(line, exc))
        return
    attempt.commit()
    uploaded.taken.append(taken)


def _enrol(
    session: Session, work_group_id: UUID, line: Line, asked: Asked, *, now: datetime, by: str
) -> Taken:
    person = asked.person
    held = store.known(session, trn=person.trn, email=person.email)
    known = uploads.recognise(
        held.by_trn, held.by_email, family=person.family, trn=person.trn, urn=person.urn
    )
    teacher_id = known.id if known else register_teacher(session, person, now=now, by=by).teacher.id
    role = "lead_participant" if asked.lead else "participant"
    place = EnrolParticipant(work_group_id=work_group_id, teacher_id=teacher_id, role=role, urn=person.urn)
    enrolment = enrol_participant(session, place, now=now, by=by)
    return Taken(line.number, teacher_id, enrolment.id, known is None)


def _with_suggestions(session: Session, line: Line, problems: list[RowProblem]) -> list[RowProblem]:
    """Where there is no URN but a school's name: which school may be meant; nobody is enrolled by a name."""
    if line.named["urn"] or not line.named[uploads.SCHOOL]:
        return problems
    found = store.schools_called(session, line.named[uploads.SCHOOL])
    meant = ", ".join(f"{urn} ({name})" for urn, name in found) or "no school that is known here"
    missing = RowProblem(line.number, "urn", "urn_missing", f"Give the URN; the name may mean {meant}.")
    return [missing, *[one for one in problems if one.column != "urn"]]
