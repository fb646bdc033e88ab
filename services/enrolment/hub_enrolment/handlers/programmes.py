"""Create and find programmes."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from hub_enrolment.commands.programmes import OpenProgramme
from hub_enrolment.domain import programmes
from hub_enrolment.domain.programmes import Limits, parse_academic_year
from hub_enrolment.models import Programme
from hub_enrolment.store.inserts import insert_unless_taken
from hub_kernel.refusals import Conflict, Unknown
from hub_platform.database import made
from hub_platform.ids import new_id


def open_programme(session: Session, command: OpenProgramme, *, now: datetime, by: str) -> Programme:
    """Create a programme of one academic year.

    Raises:
        Refused: `bad_academic_year`, `bad_ncp_code`, `ncp_code_of_other_year`, `limits_contradict`,
            `own_prerequisite`.
        Conflict: `ncp_code_taken`.
    """
    year = parse_academic_year(command.academic_year)
    code = None if command.ncp_code is None else programmes.canonical_ncp_code(command.ncp_code, year)
    limits = Limits(
        min_schools=command.min_schools,
        min_teachers=command.min_teachers,
        max_teachers=command.max_teachers,
        max_per_school=command.max_per_school,
    )
    programmes.check_limits(limits)
    programmes.check_prerequisite(command.strand, command.prerequisite_strand)
    programme = Programme(
        id=new_id(),
        title=command.title,
        academic_year=str(year),
        ncp_code=code,
        strand=command.strand,
        phases=list(dict.fromkeys(command.phases)),
        **vars(limits),
        prerequisite_strand=command.prerequisite_strand,
        required_roles=list(dict.fromkeys(command.required_roles)),
        min_attendance_percent=command.min_attendance_percent,
        tasks_required=command.tasks_required,
        **made(now, by),
    )
    if not insert_unless_taken(session, programme, "ncp_code"):
        raise Conflict("ncp_code_taken", f"There is a programme {code} already.", "/ncp_code")
    return programme


def find_programme(session: Session, programme_id: UUID) -> Programme:
    """Return a programme.

    Raises:
        Unknown: `unknown_programme`.
    """
    programme = session.get(Programme, programme_id)
    if programme is None:
        raise Unknown("unknown_programme", "There is no such programme.")
    return programme
