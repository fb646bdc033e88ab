"""Made-up facts to look at each template with."""

from dataclasses import replace
from datetime import date, datetime
from typing import Final
from uuid import UUID

from hub_kernel.england import ENGLAND
from hub_notifications.templates.facts import (
    ApplicationDeclined,
    ApplicationWaitlisted,
    ParticipantCompleted,
    PlaceConfirmed,
    PlaceOffered,
    PlaceOfferExpired,
    SessionCancelled,
    SessionFacts,
    SessionRescheduled,
    SessionScheduled,
    VisitPlanned,
    Words,
)

FIRST: Final = SessionFacts(
    session_id=UUID("01920000-0000-7000-8000-000000000001"),
    seq=1,
    starts_at=datetime(2026, 10, 6, 16, 0, tzinfo=ENGLAND),
    ends_at=datetime(2026, 10, 6, 18, 0, tzinfo=ENGLAND),
    mode="school_hosted",
    host_name="Fenbrook Village College",
    ics_sequence=0,
)
SECOND: Final = SessionFacts(
    session_id=UUID("01920000-0000-7000-8000-000000000002"),
    seq=2,
    starts_at=datetime(2026, 11, 17, 16, 0, tzinfo=ENGLAND),
    ends_at=datetime(2026, 11, 17, 17, 30, tzinfo=ENGLAND),
    mode="online",
    host_name=None,
    ics_sequence=0,
)

MOVED: Final = replace(
    FIRST,
    starts_at=datetime(2026, 10, 13, 16, 0, tzinfo=ENGLAND),
    ends_at=datetime(2026, 10, 13, 18, 0, tzinfo=ENGLAND),
    ics_sequence=1,
)

SAMPLES: Final[dict[str, Words]] = {
    "application_declined": ApplicationDeclined(
        hub_name="Example Maths Hub", given="Ada", group_title="Fractions in Year 5"
    ),
    "application_waitlisted": ApplicationWaitlisted(
        hub_name="Example Maths Hub", given="Ada", group_title="Fractions in Year 5"
    ),
    "participant_completed": ParticipantCompleted(
        hub_name="Example Maths Hub", given="Ada", group_title="Fractions in Year 5"
    ),
    "place_confirmed": PlaceConfirmed(
        hub_name="Example Maths Hub",
        given="Ada",
        group_title="Fractions in Year 5",
        sessions=(FIRST, SECOND),
    ),
    "place_offered": PlaceOffered(
        hub_name="Example Maths Hub",
        given="Ada",
        group_title="Fractions in Year 5",
        last_day=date(2026, 9, 14),
    ),
    "place_offer_expired": PlaceOfferExpired(
        hub_name="Example Maths Hub",
        given="Ada",
        group_title="Fractions in Year 5",
        last_day=date(2026, 9, 14),
    ),
    "session_scheduled": SessionScheduled(
        hub_name="Example Maths Hub", given="Ada", group_title="Fractions in Year 5", session=FIRST
    ),
    "session_rescheduled": SessionRescheduled(
        hub_name="Example Maths Hub", given="Ada", group_title="Fractions in Year 5", session=MOVED
    ),
    "session_cancelled": SessionCancelled(
        hub_name="Example Maths Hub", given="Ada", group_title="Fractions in Year 5", session=MOVED
    ),
    "visit_planned": VisitPlanned(
        hub_name="Example Maths Hub",
        given="Grace",
        school_name="Mill Lane Primary School",
        urn="110001",
        planned_at=datetime(2026, 11, 20, 9, 30, tzinfo=ENGLAND),
        kind="support",
    ),
}
