"""Routes that return a document to print."""

import structlog

from hub_enrolment.access import GROUP_STAFF, check_own_group
from hub_enrolment.api.sessions import SESSION
from hub_enrolment.files.reading import heavy
from hub_enrolment.queries import documents as queries
from hub_enrolment.store import work_groups as group_store
from hub_enrolment.store.enrolments import find_enrolment
from hub_enrolment.store.sessions import find_session
from hub_enrolment.templates.facts import Document
from hub_enrolment.templates.printing import printed
from hub_platform.child import ChildFailed
from hub_platform.problems import Problem
from hub_platform.queueing import RETRY_AFTER
from hub_platform.routes import Call, Content, Later, route
from hub_platform.telemetry import process_failures

PDF = "application/pdf"

log = structlog.get_logger(__name__)


class Documents:
    """Attendance sheets and certificates. A work group lead prints those of their own groups."""

    @route(
        "GET", f"{SESSION}/attendance-sheet", allow=GROUP_STAFF, media_type=PDF, later_in=heavy, personal=True
    )
    def print_attendance_sheet(self, call: Call[None]) -> Later:
        """Print the attendance sheet of a session: every participant with a place on its day, by school.

        It has boxes for present, late and left early, a column for signatures, and apologies received so far.
        """
        meeting = find_session(call.session, call.path["session_id"])
        check_own_group(call.actor, group_store.lead_ids(call.session, meeting.work_group_id))
        sheet = queries.attendance_sheet(call.session, meeting)
        return _pdf(sheet, f"attendance-session-{meeting.seq}", call.actor.subject)

    @route(
        "GET",
        "/enrolment/v1/enrolments/<uuid:enrolment_id>/certificate",
        allow=GROUP_STAFF,
        media_type=PDF,
        later_in=heavy,
        personal=True,
    )
    def print_certificate(self, call: Call[None]) -> Later:
        """Print the certificate of a completed enrolment: programme, group, dates, sessions and hours."""
        enrolment = find_enrolment(call.session, call.path["enrolment_id"])
        check_own_group(call.actor, group_store.lead_ids(call.session, enrolment.work_group_id))
        certificate = queries.certificate(call.session, enrolment)
        return _pdf(certificate, f"certificate-{enrolment.id}", call.actor.subject)


def printed_in_turn(document: Document, *, subject: str) -> bytes:
    """Return a document as PDF.

    Raises:
        hub_platform.problems.Problem: 503 `busy`: too many documents and files are waiting;
            503 `document_not_printed`: the process that prints has failed.
    """
    with heavy.turn(subject):
        try:
            return printed(document)
        except ChildFailed as exc:
            process_failures.labels("document", exc.reason).inc()
            log.error("document_not_printed", document=type(document).__name__, reason=exc.reason)
            detail = "The document could not be printed. Try again, and tell the operator if it fails again."
            raise Problem(503, "document_not_printed", detail, headers={"Retry-After": RETRY_AFTER}) from exc


def _pdf(document: Document, name: str, subject: str) -> Later:
    """Print a document after the transaction has ended, as it may have to wait in the queue."""
    headers = {"Content-Disposition": f'inline; filename="{name}.pdf"', "Cache-Control": "no-store"}
    return Later(lambda: Content(printed_in_turn(document, subject=subject), PDF, headers=headers))
