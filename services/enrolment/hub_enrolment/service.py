"""The enrolment service: routes by inheritance, one table of reactions, RPC answers and a timer."""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import asdict
from uuid import UUID

from hub_contracts.notifications import MessageFailed, MessageSent
from hub_contracts.visits import CalendarSet
from hub_enrolment.api.applications import Applications
from hub_enrolment.api.attendance import Attendances
from hub_enrolment.api.authorities import Authorities
from hub_enrolment.api.diary import Diary
from hub_enrolment.api.documents import Documents, printed_in_turn
from hub_enrolment.api.enrolments import Enrolments
from hub_enrolment.api.hub import HubItself
from hub_enrolment.api.imports import Imports
from hub_enrolment.api.leaders import Leaders
from hub_enrolment.api.lesson_studies import LessonStudies
from hub_enrolment.api.memberships import Memberships
from hub_enrolment.api.mergers import Mergers
from hub_enrolment.api.pd_days import PDDays
from hub_enrolment.api.places import Places
from hub_enrolment.api.programmes import Programmes
from hub_enrolment.api.schools import Schools
from hub_enrolment.api.sessions import Sessions
from hub_enrolment.api.tasks import Tasks
from hub_enrolment.api.teachers import Teachers
from hub_enrolment.api.trusts import Trusts
from hub_enrolment.api.uploads import Uploads
from hub_enrolment.api.waiting_list import WaitingLists
from hub_enrolment.api.work_groups import WorkGroups
from hub_enrolment.handlers import calendars, offers
from hub_enrolment.queries import contacts, correspondence, documents, venues
from hub_enrolment.store import teachers as teacher_store
from hub_kernel.england import day_in_england
from hub_messaging.relay import OutboxRelay
from hub_messaging.rpc import Later, answer
from hub_messaging.subscribe import on, reaction_table
from hub_platform.dependencies import Database
from hub_platform.periodic import every
from hub_platform.probes import Probes
from hub_platform.reaction_context import reaction_context


class EnrolmentService(
    HubItself,
    Imports,
    Schools,
    Trusts,
    Authorities,
    Teachers,
    Places,
    Memberships,
    Mergers,
    Leaders,
    Programmes,
    WorkGroups,
    Enrolments,
    Uploads,
    Applications,
    WaitingLists,
    Sessions,
    Diary,
    Attendances,
    Tasks,
    LessonStudies,
    PDDays,
    Documents,
    Probes,
):
    """Owns schools, people, Work Groups, enrolments and registers."""

    name = "enrolment"
    named_in_audit = frozenset({"urn", "from_urn", "uid"})
    relay = OutboxRelay()
    database = Database()
    reactions = reaction_table(
        on(MessageSent, offers.on_message_sent),
        on(MessageFailed, offers.on_message_failed),
        on(CalendarSet, calendars.on_calendar_set),
        context=reaction_context,
    )

    @answer(recorded=True)
    def contacts(self, teacher_ids: Sequence[str]) -> dict[str, dict[str, str | bool]]:
        """Return names, e-mail address and whether it is confirmed, by teacher id, without unknown ids."""
        with self.database() as session:
            found = contacts.contacts(session, [UUID(teacher_id) for teacher_id in teacher_ids])
        return {str(teacher_id): asdict(contact) for teacher_id, contact in found.items()}

    @answer(recorded=True)
    def certificate(self, enrolment_id: str) -> Later | None:
        """Return the certificate of a completed enrolment as PDF in base64; None when there is none.

        A child process prints it, outside the transaction and the worker, so that others are answered
        in the meantime.
        """
        with self.database() as session:
            document = documents.find_certificate(session, UUID(enrolment_id))
        if document is None:
            return None
        # One subject for each enrolment: the limit for one account must not apply to a service's questions.
        subject = f"{self.name} {enrolment_id}"
        return Later(lambda: b64encode(printed_in_turn(document, subject=subject)).decode("ascii"))

    @answer
    def joining_links(self, session_ids: Sequence[str]) -> dict[str, str]:
        """Return the joining link of each session by id; a session without one is left out."""
        with self.database() as session:
            links = venues.joining_links(session, [UUID(session_id) for session_id in session_ids])
        return {str(session_id): link for session_id, link in links.items()}

    @answer
    def records(self, teacher_id: str) -> list[str]:
        """Return the ids of all records of one person: the remaining one and those merged into it."""
        with self.database() as session:
            return [str(one) for one in teacher_store.record_ids(session, UUID(teacher_id))]

    @answer
    def school_threads(self, urn: str) -> dict[str, list[str] | list[list[str]]]:
        """Return the URNs of a school and its predecessors, and the subjects of messages to its people.

        `threads` holds pairs of a subject, such as `work-groups/<id>`, and a teacher id.
        """
        with self.database() as session:
            day = day_in_england(self.clocks.hub.now())
            found = correspondence.school_threads(session, urn, day=day)
        threads = [[one.subject, str(one.teacher_id)] for one in found.threads]
        return {"urns": list(found.urns), "threads": threads}

    @every(seconds=5.0, by_hub_time=True)
    def expire_offers(self) -> None:
        """End offers whose deadline has passed."""
        offers.expire_all(self.database, now=self.clocks.hub.now(), by=self.name)
