"""The notifications service: routes by inheritance, one table of reactions, and the timers that send."""

import time
from datetime import datetime, timedelta
from typing import Final

from nameko.extensions import DependencyProvider

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
from hub_messaging.subscribe import on, reaction_table
from hub_notifications.api.enrolment import EnrolmentContacts
from hub_notifications.api.mail_sender import MailSender
from hub_notifications.api.messages import Messages
from hub_notifications.api.templates import Templates
from hub_notifications.config import Options
from hub_notifications.domain.messages import Timing
from hub_notifications.handlers import (
    applications,
    hand_overs,
    hub,
    pd_days,
    people,
    places,
    sending,
    visits,
    waiting_list,
    work_groups,
)
from hub_notifications.handlers.reminders import schedule_reminders
from hub_notifications.queries.messages import count_due
from hub_platform.context import context_of
from hub_platform.dependencies import Database, OwnSettings, Provided
from hub_platform.periodic import every
from hub_platform.probes import Probes

TURN_SECONDS: Final = 4.0  # short enough for the service to stop within 10 s


class MessagesDue(DependencyProvider):  # type: ignore[misc]  # nameko ships no types
    """Registers the number of due messages as remaining work."""

    def setup(self) -> None:
        """Register the count with the process."""
        context = context_of(self.container)
        hub = context.clocks.hub
        context.work_left["messages to send"] = lambda session: count_due(session, now=hub.now())


class Started(Provided[datetime], DependencyProvider):  # type: ignore[misc]  # nameko ships no types
    """Provides the real time at which this process started."""

    def setup(self) -> None:
        """Read the clock."""
        self._at = context_of(self.container).clocks.real()

    def get_dependency(self, worker_ctx: object) -> datetime:  # noqa: ARG002 - nameko's signature
        """Return the same time for every worker."""
        return self._at


def timing(service: "NotificationsService") -> Timing:
    """Return the times for one call of a reaction."""
    settled_at = service.clocks.real() + timedelta(seconds=service.options.settle_seconds)
    return Timing(now=service.clocks.hub.now(), settled_at=settled_at)


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

    reactions = reaction_table(
        on(HubDescribed, hub.on_hub_described),
        on(CalendarSet, hub.on_calendar_set),
        on(SchoolImported, hub.on_school_changed),
        on(SchoolChanged, hub.on_school_changed),
        on(WorkGroupOpened, work_groups.on_group_changed),
        on(WorkGroupChanged, work_groups.on_group_changed),
        on(WorkGroupCancelled, work_groups.on_group_cancelled),
        on(SessionScheduled, work_groups.on_session_changed),
        on(SessionRescheduled, work_groups.on_session_changed),
        on(SessionCancelled, work_groups.on_session_changed),
        on(ParticipantEnrolled, places.on_participant_enrolled),
        on(ParticipantWithdrawn, places.on_place_ended),
        on(ParticipantCompleted, places.on_place_ended),
        on(WithdrawalUndone, places.on_withdrawal_undone),
        on(ApplicationSubmitted, applications.on_application_changed),
        on(ApplicationWaitlisted, applications.on_application_changed),
        on(ApplicationAccepted, applications.on_application_changed),
        on(ApplicationDeclined, applications.on_application_changed),
        on(ApplicationWithdrawn, applications.on_application_changed),
        on(WaitingListJoined, waiting_list.on_waiting_list_changed),
        on(PlaceOffered, waiting_list.on_waiting_list_changed),
        on(PlaceOfferExtended, waiting_list.on_waiting_list_changed),
        on(PlaceOfferExpired, waiting_list.on_waiting_list_changed),
        on(WaitingListLeft, waiting_list.on_waiting_list_changed),
        on(PDDayScheduled, pd_days.on_pd_day_scheduled),
        on(PDDayRegistered, pd_days.on_pd_day_registered),
        on(PDDayCancelled, pd_days.on_pd_day_cancelled),
        on(TeacherAnonymised, people.on_teacher_anonymised),
        on(VisitPlanned, visits.on_visit_planned),
        on(VisitReassigned, visits.on_visit_reassigned),
        on(VisitCancelled, visits.on_visit_ended),
        on(VisitLogged, visits.on_visit_ended),
        on(PDLeadAssigned, hand_overs.on_pd_lead_assigned),
        on(PDLeadUnassigned, hand_overs.on_pd_lead_unassigned),
        context=timing,
    )

    @every(seconds=30.0, by_hub_time=True)
    def write_reminders(self) -> None:
        """Schedule the reminders that are due."""
        with self.sessions.begin() as session:
            schedule_reminders(session, now=self.clocks.hub.now())

    @every(seconds=1.0, by_hub_time=True)
    def send_due(self) -> None:
        """Send the messages that are due, for at most TURN_SECONDS."""
        ends = time.monotonic() + TURN_SECONDS
        context = sending.SendingContext(
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
        while sending.send_due(context):
            pass
