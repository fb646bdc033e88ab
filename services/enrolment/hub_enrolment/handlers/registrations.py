"""One person is registered, unless the hub may know them."""

from datetime import datetime

from sqlalchemy.orm import Session

from hub_enrolment.commands.teachers import RegisterTeacher
from hub_enrolment.domain import matching, teachers
from hub_enrolment.domain.evidence import Person
from hub_enrolment.handlers.teachers import register_teacher
from hub_enrolment.store import matching as store
from hub_enrolment.store.teachers import Employed


def register_one(session: Session, command: RegisterTeacher, *, now: datetime, by: str) -> Employed:
    """Register a teacher unless the hub may know this person; see `matching`.

    The same person sent twice at once is registered once: the second request waits for the first.

    Raises:
        Conflict: `trn_taken`, `possible_duplicate`; it, and Refused: see `register_teacher`.
    """
    described = described_by(command)
    store.lock_for_one(session, described)
    known = store.candidates(session, described)
    others = [one for one in known if one.id not in command.different_from]
    matching.check_new(matching.match(described, others), described)
    return register_teacher(session, command, now=now, by=by)


def described_by(command: RegisterTeacher) -> Person:
    """What a command says of a person, as matching needs it.

    Raises:
        Refused: `bad_trn`, `trn_and_trnless`.
    """
    return Person(
        given=command.given,
        family=command.family,
        trn=teachers.trn_to_keep(command.trn, trnless=command.trnless),
        emails=frozenset({command.email}),
        urns=frozenset({command.urn}),
    )
