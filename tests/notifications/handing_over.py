"""Events of hand-overs between three PD leads, and what each of them was sent."""

import re
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from email.utils import parseaddr
from typing import Any
from uuid import UUID, uuid4

from tests.notifications.factories import SCHOOL, plan, react
from tests.notifications.fakes import NOW, OutgoingMail

from hub_contracts import Event
from hub_contracts.visits import (
    PDLeadAssigned,
    PDLeadUnassigned,
    VisitCancelled,
    VisitPlanned,
    VisitReassigned,
)
from hub_contracts.vocabulary import SupportProgramme
from hub_notifications.handlers import hand_overs, visits
from hub_platform.database import Sessions

ADA, BEN, CAT = uuid4(), uuid4(), uuid4()
FIRST, SECOND, THIRD = (UUID(int=n) for n in (1, 2, 3))
SEPTEMBER, JANUARY = date(2026, 9, 1), date(2027, 1, 11)
AUTUMN = datetime(2026, 10, 6, 9, 0, tzinfo=UTC)
SPRING = datetime(2027, 1, 20, 9, 0, tzinfo=UTC)
OTHER_SCHOOL = "110624"
HANDLERS: dict[type[Event], Any] = {
    PDLeadAssigned: hand_overs.on_pd_lead_assigned,
    PDLeadUnassigned: hand_overs.on_pd_lead_unassigned,
    VisitPlanned: visits.on_visit_planned,
    VisitReassigned: visits.on_visit_reassigned,
    VisitCancelled: visits.on_visit_ended,
}


def receive(sessions: Sessions, revision: int, *events: Event, now: datetime = NOW) -> None:
    for event in events:
        with sessions.begin() as session:
            react(HANDLERS[type(event)], session, event, revision, happened_at=now, now=now)


def assigned(
    assignment_id: UUID, to: UUID, on: date, follows: UUID | None = None, urn: str = SCHOOL
) -> PDLeadAssigned:
    return PDLeadAssigned(
        assignment_id=assignment_id,
        urn=urn,
        pd_lead_id=to,
        programme=SupportProgramme.OPPORTUNITY_AREA,
        starts_on=on,
        obligations=[],
        follows=follows,
    )


def unassigned(assignment_id: UUID, lead: UUID, last_day: date, urn: str = SCHOOL) -> PDLeadUnassigned:
    return PDLeadUnassigned(
        assignment_id=assignment_id,
        urn=urn,
        pd_lead_id=lead,
        programme=SupportProgramme.OPPORTUNITY_AREA,
        ended_on=last_day,
        reason="workload",
    )


def planned(sessions: Sessions, at: datetime = SPRING, **changes: Any) -> VisitPlanned:
    facts: dict[str, Any] = {"pd_lead_id": ADA, "assignment_id": FIRST, "planned_at": at} | changes
    return plan(sessions, **facts)


def moved(visit: VisitPlanned, assignment_id: UUID, before: UUID, after: UUID) -> VisitReassigned:
    return VisitReassigned(
        visit_id=visit.visit_id,
        urn=visit.urn,
        from_pd_lead_id=before,
        to_pd_lead_id=after,
        assignment_id=assignment_id,
        planned_at=visit.planned_at,
        kind=visit.kind,
    )


def to_ben(*visits: VisitPlanned, on: date = JANUARY) -> list[tuple[int, Event]]:
    """Return the events of a hand-over from Ada to Ben, with the revisions of their subjects."""
    return [
        (2, unassigned(FIRST, ADA, on - timedelta(days=1))),
        (1, assigned(SECOND, BEN, on, FIRST)),
        *((2, moved(visit, SECOND, ADA, BEN)) for visit in visits),
    ]


def person_of(mail: EmailMessage) -> UUID:
    address = parseaddr(str(mail["To"]))[1]
    return next(each for each in (ADA, BEN, CAT) if address.startswith(str(each)[-12:]))


def sent_since(outgoing: OutgoingMail, already: int) -> dict[UUID, list[str]]:
    """To each person: subjects and calendar methods of what was sent, in order."""
    found: dict[UUID, list[str]] = {ADA: [], BEN: [], CAT: []}
    for _, mail in outgoing.mailer.sent[already:]:
        person = person_of(mail)
        methods = [
            str(part.get_param("method"))
            for part in mail.walk()
            if part.get_content_type() == "text/calendar"
        ]
        found[person].append(" ".join([re.split(r":| at ", str(mail["Subject"]))[0], *methods]))
    return found


def texts(outgoing: OutgoingMail, person: UUID, already: int) -> str:
    bodies = [
        mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]  # every e-mail has one
        for _, mail in outgoing.mailer.sent[already:]
        if person_of(mail) == person
    ]
    return "\n".join(bodies)
