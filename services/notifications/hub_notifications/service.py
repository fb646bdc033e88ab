"""The notifications service: routes by inheritance, reactions that write down what is due, and the sender."""

import time
from datetime import datetime, timedelta
from typing import Any, Final

from nameko.extensions import DependencyProvider
from sqlalchemy.orm import Session

from hub_contracts.enrolment import (
    ApplicationAccepted,
    ApplicationDeclined,
    ApplicationSubmitted,
    ApplicationWaitlisted,
    ApplicationWithdrawn,
    HubDescribed,
    ParticipantCompleted,
    ParticipantEnrolled,
    ParticipantWithdrawn,
    PDDayCancelled,
    PDDayRegistered,
    PDDayScheduled,
    PlaceOffered,
    PlaceOfferExpired,
    PlaceOfferExtended,
    SchoolChanged,
    SchoolImported,
    SessionCancelled,
    SessionRescheduled,
    SessionScheduled,
    TeacherAnonymised,
    WaitingListJoined,
    WaitingListLeft,
    WithdrawalUndone,
    WorkGroupCancelled,
    WorkGroupChanged,
    WorkGroupOpened,
)
from hub_contracts.visits import (
    CalendarSet,
    PDLeadAssigned,
    PDLeadUnassigned,
    VisitCancelled,
    VisitLogged,
    VisitPlanned,
    VisitReassigned,
)
from hub_messaging.relay import OutboxRelay
from hub_messaging.subscribe import Delivery, subscribe
from hub_notifications.api.enrolment import EnrolmentContacts
from hub_notifications.api.mail_sender import MailSender
from hub_notifications.api.messages import Messages
from hub_notifications.api.templates import Templates
from hub_notifications.config import Options
from hub_notifications.domain.messages import Cause
from hub_notifications.handlers import (
    applications,
    hand_overs,
    hub,
    messages,
    pd_days,
    people,
    places,
    reminders,
    sending,
    visits,
    waiting_list,
    work_groups,
)
from hub_platform.context import context_of
from hub_platform.dependencies import Database, OwnSettings
from hub_platform.periodic import every
from hub_platform.probes import Probes

TURN_SECONDS: Final = 4.0  # a turn ends soon enough for a stop within 10 s


class MessagesDue(DependencyProvider):  # type: ignore[misc]  # nameko ships no types
    """Counts the messages that are to be sent by now among the work that is left."""

    def setup(self) -> None:
        """Say how they are counted."""
        context = context_of(self.container)
        hub = context.clocks.hub
        context.work_left["messages to send"] = lambda session: messages.due(session, now=hub.now())


class Started(DependencyProvider):  # type: ignore[misc]  # nameko ships no types
    """The real time at which this process began."""

    def setup(self) -> None:
        """Look at the clock."""
        self._at = context_of(self.container).clocks.real()

    def get_dependency(self, worker_ctx: Any) -> datetime:  # noqa: ARG002 - nameko's signature
        """The same for every worker."""
        return self._at


class NotificationsService(Messages, Templates, Probes):
    """Owns messages and their delivery."""

    name = "notifications"
    named_in_audit = frozenset({"urn"})
    relay = OutboxRelay()
    sessions = Database()
    options = OwnSettings(Options)
    contacts = EnrolmentContacts()
    messages_due = MessagesDue()
    mail_sender = MailSender()
    started_at = Started()

    @subscribe(HubDescribed)
    def on_hub_described(self, session: Session, delivery: Delivery[Any]) -> None:
        """Learn how messages name the hub."""
        hub.on_hub_described(session, delivery.event, self._cause(delivery))

    @subscribe(CalendarSet)
    def on_calendar_set(self, session: Session, delivery: Delivery[Any]) -> None:
        """Learn when schools are on holiday."""
        hub.on_calendar_set(session, delivery.event, self._cause(delivery))

    @subscribe(SchoolImported, SchoolChanged)
    def on_school_told(self, session: Session, delivery: Delivery[Any]) -> None:
        """Learn a school's name."""
        hub.on_school_told(session, delivery.event, self._cause(delivery))

    @subscribe(WorkGroupOpened, WorkGroupChanged)
    def on_group_terms(self, session: Session, delivery: Delivery[Any]) -> None:
        """Learn a Work Group's title."""
        work_groups.on_group_terms(session, delivery.event, self._cause(delivery))

    @subscribe(WorkGroupCancelled)
    def on_group_cancelled(self, session: Session, delivery: Delivery[Any]) -> None:
        """Tell everybody who is concerned that a Work Group is cancelled."""
        work_groups.on_group_cancelled(session, delivery.event, self._cause(delivery))

    @subscribe(SessionScheduled, SessionRescheduled, SessionCancelled)
    def on_session_changed(self, session: Session, delivery: Delivery[Any]) -> None:
        """Tell participants of a session that is new, moved or cancelled."""
        work_groups.on_session_changed(session, delivery.event, self._cause(delivery))

    @subscribe(ParticipantEnrolled)
    def on_participant_enrolled(self, session: Session, delivery: Delivery[Any]) -> None:
        """Confirm a place."""
        places.on_participant_enrolled(session, delivery.event, self._cause(delivery))

    @subscribe(ParticipantWithdrawn, ParticipantCompleted)
    def on_place_ended(self, session: Session, delivery: Delivery[Any]) -> None:
        """Tell a participant of the end of their place."""
        places.on_place_ended(session, delivery.event, self._cause(delivery))

    @subscribe(WithdrawalUndone)
    def on_withdrawal_undone(self, session: Session, delivery: Delivery[Any]) -> None:
        """Confirm a place again whose withdrawal was a mistake."""
        places.on_withdrawal_undone(session, delivery.event, self._cause(delivery))

    @subscribe(
        ApplicationSubmitted,
        ApplicationWaitlisted,
        ApplicationAccepted,
        ApplicationDeclined,
        ApplicationWithdrawn,
    )
    def on_application_changed(self, session: Session, delivery: Delivery[Any]) -> None:
        """Tell the teachers whom an application names of the decision."""
        applications.on_application_changed(session, delivery.event, self._cause(delivery))

    @subscribe(WaitingListJoined, PlaceOffered, PlaceOfferExtended, PlaceOfferExpired, WaitingListLeft)
    def on_waiting_list_changed(self, session: Session, delivery: Delivery[Any]) -> None:
        """Tell a teacher on the waiting list of an offer and of its end."""
        waiting_list.on_waiting_list_changed(session, delivery.event, self._cause(delivery))

    @subscribe(PDDayScheduled)
    def on_pd_day_scheduled(self, session: Session, delivery: Delivery[Any]) -> None:
        """Learn when and where a PD day is held."""
        pd_days.on_pd_day_scheduled(session, delivery.event, self._cause(delivery))

    @subscribe(PDDayRegistered)
    def on_pd_day_registered(self, session: Session, delivery: Delivery[Any]) -> None:
        """Confirm a registration."""
        pd_days.on_pd_day_registered(session, delivery.event, self._cause(delivery))

    @subscribe(PDDayCancelled)
    def on_pd_day_cancelled(self, session: Session, delivery: Delivery[Any]) -> None:
        """Tell every teacher who has registered that a PD day is cancelled."""
        pd_days.on_pd_day_cancelled(session, delivery.event, self._cause(delivery))

    @subscribe(TeacherAnonymised)
    def on_teacher_anonymised(self, session: Session, delivery: Delivery[Any]) -> None:
        """Send nothing more to a person who was anonymised."""
        people.on_teacher_anonymised(session, delivery.event, self._cause(delivery))

    @subscribe(VisitPlanned)
    def on_visit_planned(self, session: Session, delivery: Delivery[Any]) -> None:
        """Tell the PD lead that a visit is planned."""
        visits.on_visit_planned(session, delivery.event, self._cause(delivery))

    @subscribe(VisitReassigned)
    def on_visit_reassigned(self, session: Session, delivery: Delivery[Any]) -> None:
        """Tell both PD leads that a visit is handed over."""
        visits.on_visit_reassigned(session, delivery.event, self._cause(delivery))

    @subscribe(PDLeadAssigned)
    def on_pd_lead_assigned(self, session: Session, delivery: Delivery[Any]) -> None:
        """Tell a PD lead who takes over a school."""
        hand_overs.on_pd_lead_assigned(session, delivery.event, self._cause(delivery))

    @subscribe(PDLeadUnassigned)
    def on_pd_lead_unassigned(self, session: Session, delivery: Delivery[Any]) -> None:
        """Tell a PD lead who gives up a school."""
        hand_overs.on_pd_lead_unassigned(session, delivery.event, self._cause(delivery))

    @subscribe(VisitCancelled, VisitLogged)
    def on_visit_ended(self, session: Session, delivery: Delivery[Any]) -> None:
        """Tell the PD lead that a visit is cancelled."""
        visits.on_visit_ended(session, delivery.event, self._cause(delivery))

    @every(seconds=30.0, by_hub_time=True)
    def write_reminders(self) -> None:
        """Write down the reminders whose time has come."""
        with self.sessions.begin() as session:
            reminders.remind(session, now=self.clocks.hub.now())

    @every(seconds=1.0, by_hub_time=True)
    def send_due(self) -> None:
        """Send what is due."""
        ends = time.monotonic() + TURN_SECONDS
        office = sending.Office(
            sessions=self.sessions,
            contacts=self.contacts,
            mailer=self.options.mailer(),
            sender=self.options.sender(),
            hub_details=self.options.hub_details(),
            hub_now=self.clocks.hub.now,
            real_now=self.clocks.real,
            closing=lambda: time.monotonic() > ends,
            started_at=self.started_at,
        )
        while sending.send_due(office):
            pass

    def _cause(self, delivery: Delivery[Any]) -> Cause:
        envelope = delivery.envelope
        return Cause(
            revision=envelope.revision,
            happened_at=envelope.time,
            now=self.clocks.hub.now(),
            settled_at=self.clocks.real() + timedelta(seconds=self.options.settle_seconds),
        )
