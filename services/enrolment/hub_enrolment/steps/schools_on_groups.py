"""How schools take part in Work Groups: published with the first place, and again when it changes."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from hub_contracts.enrolment import SchoolEnrolled
from hub_enrolment.store import applications as application_store
from hub_enrolment.store import enrolments as store
from hub_enrolment.store import standing
from hub_enrolment.store.work_groups import Locked
from hub_kernel.england import day_in_england
from hub_messaging import outbox


def tell_schools(session: Session, locked: Locked, urns: Iterable[str], *, now: datetime, by: str) -> None:
    """Publish how schools take part in a group, with their numbers as they are now.

    To be called with the first place of a school, and after everything that changes how many lead
    participants it has or the agreement that its head gave. The group is locked by the caller.
    """
    group, programme = locked
    session.flush()
    events = [
        SchoolEnrolled(
            work_group_id=group.id,
            ncp_code=programme.ncp_code,
            urn=urn,
            academic_year=programme.academic_year,
            lead_participants_n=store.lead_participants_n(session, group.id, urn),
            agreement_version=application_store.agreement_version(
                session, group.id, standing.stood_for(session, urn, day_in_england(now))
            ),
        )
        for urn in urns
    ]
    outbox.record_all(session, events, occurred_at=now, by=by)
