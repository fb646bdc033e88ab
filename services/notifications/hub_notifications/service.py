"""The notifications service: routes by inheritance, reactions that write down what is due, and the sender."""

import time
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any, Final

from nameko.extensions import DependencyProvider
from sqlalchemy.orm import Session

from hub_contracts.enrolment import (
    ApplicationAccepted,
    ApplicationDeclined,
    ApplicationWaitlisted,
    ApplicationWithdrawn,
    ParticipantCompleted,
    ParticipantEnrolled,
    ParticipantWithdrawn,
    PlaceOffered,
    PlaceOfferExpired,
    SchoolChanged,
    SchoolImported,
    SessionCancelled,
    SessionRescheduled,
    SessionScheduled,
    TeacherAnonymised,
    WorkGroupOpened,
)
from hub_contracts.visits import VisitCancelled, VisitPlanned
from hub_messaging.asking import Asking, Unanswered
from hub_messaging.relay import OutboxRelay
from hub_messaging.subscribe import Delivery, subscribe
from hub_notifications import config
from hub_notifications.api.mail_sender import MailSender
from hub_notifications.api.messages import Messages
from hub_notifications.api.templates import Templates
from hub_notifications.domain.messages import Cause
from hub_notifications.gateways import Contact, ContactsAway
from hub_notifications.handlers import (
    applications,
    messages,
    people,
    schools,
    sending,
    visits,
    waiting_list,
    work_groups,
)
from hub_platform.dependencies import Database, Extra
from hub_platform.periodic import every
from hub_platform.probes import Probes

TURN_SECONDS: Final = 4.0  # a turn ends soon enough for a stop within 10 s


class EnrolmentContacts(Asking):
    """Asks enrolment for addresses."""

    def __init__(self) -> None:
        super().__init__("enrolment")

    def setup(self) -> None:
        """Learn how long to wait."""
        super().setup()
        self.seconds = config.load().contacts_seconds

    def get_dependency(self, worker_ctx: Any) -> "RpcContacts":  # noqa: ARG002 - nameko's signature
        """Someone who knows addresses."""
        return RpcContacts(self.ask)


class RpcContacts:
    """`gateways.Contacts` by RPC."""

    def __init__(self, ask: Callable[..., Any]) -> None:
        self._ask = ask

    def find(self, teacher_ids: Collection[str]) -> Mapping[str, Contact]:
        """Look up many at once."""
        try:
            found = self._ask("contacts", sorted(teacher_ids))
        except Unanswered as exc:
            raise ContactsAway(type(exc).__name__) from exc
        return {
            teacher_id: Contact(
                given=known["given"],
                family=known["family"],
                email=known["email"],
                confirmed=known.get("confirmed", True),
            )
            for teacher_id, known in found.items()
            if known.get("email")
        }


class MessagesDue(DependencyProvider):  # type: ignore[misc]  # nameko ships no types
    """Counts the messages that are to be sent by now among the work that is left."""

    def setup(self) -> None:
        """Say how they are counted."""
        config = self.container.config
        hub = config["clocks"].hub
        config["work_left"]["messages to send"] = lambda session: messages.due(session, now=hub.now())


class Started(DependencyProvider):  # type: ignore[misc]  # nameko ships no types
    """The real time at which this process began."""

    def setup(self) -> None:
        """Look at the clock."""
        self._at: datetime = self.container.config["clocks"].real()

    def get_dependency(self, worker_ctx: Any) -> datetime:  # noqa: ARG002 - nameko's signature
        """The same for every worker."""
        return self._at


class NotificationsService(Messages, Templates, Probes):
    """Owns messages and their delivery."""

    name = "notifications"
    relay = OutboxRelay()
    sessions = Database()
    options = Extra(config.load)
    contacts = EnrolmentContacts()
    messages_due = MessagesDue()
    mail_sender = MailSender()
    started_at = Started()

    @subscribe(SchoolImported, SchoolChanged)
    def on_school_told(self, session: Session, delivery: Delivery) -> None:
        """Learn a school's name."""
        schools.on_school_told(session, delivery.event, self._cause(delivery))

    @subscribe(WorkGroupOpened)
    def on_group_opened(self, session: Session, delivery: Delivery) -> None:
        """Learn a Work Group's title."""
        work_groups.on_group_opened(session, delivery.event, self._cause(delivery))

    @subscribe(ParticipantEnrolled)
    def on_participant_enrolled(self, session: Session, delivery: Delivery) -> None:
        """Confirm a place."""
        work_groups.on_participant_enrolled(session, delivery.event, self._cause(delivery))

    @subscribe(ParticipantWithdrawn)
    def on_participant_withdrawn(self, session: Session, delivery: Delivery) -> None:
        """Tell somebody who has left nothing more."""
        work_groups.on_participant_withdrawn(session, delivery.event, self._cause(delivery))

    @subscribe(ParticipantCompleted)
    def on_participant_completed(self, session: Session, delivery: Delivery) -> None:
        """Congratulate."""
        work_groups.on_participant_completed(session, delivery.event, self._cause(delivery))

    @subscribe(ApplicationWaitlisted)
    def on_application_waitlisted(self, session: Session, delivery: Delivery) -> None:
        """Tell teachers that the decision on their places is put off."""
        applications.on_application_waitlisted(session, delivery.event, self._cause(delivery))

    @subscribe(ApplicationDeclined)
    def on_application_declined(self, session: Session, delivery: Delivery) -> None:
        """Tell teachers that there is no place for them."""
        applications.on_application_declined(session, delivery.event, self._cause(delivery))

    @subscribe(ApplicationAccepted, ApplicationWithdrawn)
    def on_application_over(self, session: Session, delivery: Delivery) -> None:
        """Do not say any more that a decision is put off."""
        applications.on_application_over(session, delivery.event, self._cause(delivery))

    @subscribe(PlaceOffered)
    def on_place_offered(self, session: Session, delivery: Delivery) -> None:
        """Tell somebody who waits that a place is kept for them."""
        waiting_list.on_place_offered(session, delivery.event, self._cause(delivery))

    @subscribe(PlaceOfferExpired)
    def on_place_offer_expired(self, session: Session, delivery: Delivery) -> None:
        """Tell somebody that a place is not kept for them any more."""
        waiting_list.on_place_offer_expired(session, delivery.event, self._cause(delivery))

    @subscribe(SessionScheduled)
    def on_session_scheduled(self, session: Session, delivery: Delivery) -> None:
        """Invite the participants."""
        work_groups.on_session_scheduled(session, delivery.event, self._cause(delivery))

    @subscribe(SessionRescheduled)
    def on_session_rescheduled(self, session: Session, delivery: Delivery) -> None:
        """Invite the participants anew."""
        work_groups.on_session_rescheduled(session, delivery.event, self._cause(delivery))

    @subscribe(SessionCancelled)
    def on_session_cancelled(self, session: Session, delivery: Delivery) -> None:
        """Take the invitations back."""
        work_groups.on_session_cancelled(session, delivery.event, self._cause(delivery))

    @subscribe(TeacherAnonymised)
    def on_teacher_anonymised(self, session: Session, delivery: Delivery) -> None:
        """Write nothing more to somebody who was erased."""
        people.on_teacher_anonymised(session, delivery.event, self._cause(delivery))

    @subscribe(VisitPlanned)
    def on_visit_planned(self, session: Session, delivery: Delivery) -> None:
        """Tell the PD lead."""
        visits.on_visit_planned(session, delivery.event, self._cause(delivery))

    @subscribe(VisitCancelled)
    def on_visit_cancelled(self, session: Session, delivery: Delivery) -> None:
        """Do not tell the PD lead any more."""
        visits.on_visit_cancelled(session, delivery.event, self._cause(delivery))

    @every(seconds=1.0, by_hub_time=True)
    def send_due(self) -> None:
        """Send what is due."""
        ends = time.monotonic() + TURN_SECONDS
        office = sending.Office(
            sessions=self.sessions,
            contacts=self.contacts,
            mailer=self.options.mailer(),
            host=self.options.host(),
            hub_now=self.clocks.hub.now,
            real_now=self.clocks.real,
            closing=lambda: time.monotonic() > ends,
            started_at=self.started_at,
        )
        while sending.send_due(office):
            pass

    def _cause(self, delivery: Delivery) -> Cause:
        envelope = delivery.envelope
        return Cause(revision=envelope.revision, happened_at=envelope.time, now=self.clocks.hub.now())
