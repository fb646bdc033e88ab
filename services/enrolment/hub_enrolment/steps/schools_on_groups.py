"""Publish the participation of schools in Work Groups: with the first place, and after changes."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from hub_contracts.enrolment import SchoolEnrolled
from hub_enrolment.store import applications as application_store
from hub_enrolment.store import enrolments as store
from hub_enrolment.store import successions as succession_store
from hub_enrolment.store.work_groups import Locked
from hub_kernel.england import day_in_england
from hub_messaging import outbox


def publish_schools(session: Session, locked: Locked, urns: Iterable[str], *, now: datetime, by: str) -> None:
    """Publish the participation of schools in a group with its present numbers.

    Call it with the first place of a school, and after every change of its number of lead participants or of
    its headteacher's agreement. The caller has locked the group.
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
                session, group.id, succession_store.stood_for(session, urn, day_in_england(now))
            ),
        )
        for urn in urns
    ]
    outbox.record_all(session, events, occurred_at=now, by=by)
