"""Reactions to events about the hub, its school holidays and the names of schools."""

from sqlalchemy.orm import Session

from hub_contracts.enrolment import HubDescribed, SchoolChanged, SchoolImported
from hub_contracts.visits import CalendarSet
from hub_kernel.school_calendars import HUB_SCOPE
from hub_messaging.delivery import Delivery
from hub_notifications.models import Hub, School, SchoolYear
from hub_platform.upserts import upsert_newer


def on_hub_described(session: Session, delivery: Delivery[HubDescribed]) -> None:
    """Store the hub's name, contact and privacy notice for messages."""
    event = delivery.event
    upsert_newer(
        session,
        Hub(
            sole=True,
            name=event.name,
            contact_name=event.contact_name,
            contact_email=event.contact_email,
            contact_telephone=event.contact_telephone,
            privacy_notice=event.privacy_notice,
            revision=delivery.revision,
        ),
    )


def on_calendar_set(session: Session, delivery: Delivery[CalendarSet]) -> None:
    """Store the half terms of the hub's own calendar: messages wait during the school holidays."""
    event = delivery.event
    if event.scope != HUB_SCOPE:
        return
    half_terms = [[each.starts_on.isoformat(), each.ends_on.isoformat()] for each in event.half_terms]
    row = SchoolYear(academic_year=event.academic_year, half_terms=half_terms, revision=delivery.revision)
    upsert_newer(session, row)


def on_school_changed(session: Session, delivery: Delivery[SchoolImported | SchoolChanged]) -> None:
    """Store a school's name, which is not personal data."""
    event = delivery.event
    upsert_newer(session, School(urn=event.urn, name=event.name, revision=delivery.revision))
