"""Routes below /enrolment/v1/sessions for apologies and for corrections of registers."""

from hub_enrolment.access import GROUP_STAFF, HUB_STAFF
from hub_enrolment.api.session_schemas import RegisterSchema
from hub_enrolment.api.sessions import SESSION, check_own_session, register
from hub_enrolment.commands.attendance import (
    CorrectAttendance,
    CorrectAttendanceSchema,
    ReceiveApologies,
    ReceiveApologiesSchema,
)
from hub_enrolment.handlers import attendance as handlers
from hub_platform.routes import Answer, Call, route


class Attendances:
    """Apologies and corrections."""

    @route(
        "POST",
        f"{SESSION}/apologies",
        allow=GROUP_STAFF,
        body=ReceiveApologiesSchema,
        answer=RegisterSchema,
        status=201,
    )
    def receive_apologies(self, call: Call[ReceiveApologies]) -> Answer:
        """Record a participant's apologies, before the session ends.

        The same again is answered with 200.
        """
        check_own_session(call)
        meeting, new = handlers.receive_apologies(
            call.session, call.command, now=call.now, by=call.actor.subject
        )
        return register(call, meeting, status=None if new else 200)

    @route(
        "POST",
        f"{SESSION}/corrections",
        allow=HUB_STAFF,
        body=CorrectAttendanceSchema,
        answer=RegisterSchema,
    )
    def correct_attendance(self, call: Call[CorrectAttendance]) -> Answer:
        """Correct one mark of a locked register; `note` is never published.

        A mark is added for a participant whose withdrawal was undone after the register was locked.
        """
        meeting = handlers.correct_attendance(call.session, call.command, now=call.now, by=call.actor.subject)
        return register(call, meeting)
