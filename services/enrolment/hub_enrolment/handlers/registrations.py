"""Register a teacher, unless the hub may already have a record of them."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from hub_enrolment.commands.teachers import RegisterTeacher
from hub_enrolment.domain import matching
from hub_enrolment.steps.registrations import described_by, register_teacher
from hub_enrolment.store import matching as store
from hub_enrolment.store.standing_schools import standing_urn
from hub_enrolment.store.teachers import Employed
from hub_kernel.england import day_in_england


def register_one(session: Session, command: RegisterTeacher, *, now: datetime, by: str) -> Employed:
    """Register a teacher unless the hub may have a record of this person; see `matching`.

    The same person sent twice at once is registered once: the second request waits for the first. Of
    `different_from` the records are kept that may be of this person, so that duplicates do not ask again.

    Raises:
        Conflict: `trn_taken`, `possible_duplicate`; it, and Refused: see `register_teacher`.
    """
    today = day_in_england(now)
    command = replace(command, urn=standing_urn(session, command.urn, day=today))
    described = described_by(command)
    store.lock_for_one(session, described)
    known = store.candidates(session, described, day=today)
    others = [one for one in known if one.id not in command.different_from]
    matching.check_new(matching.match(described, others), described)
    different_from = command.different_from.intersection(one.id for one in known)
    return register_teacher(session, replace(command, different_from=different_from), now=now, by=by)
