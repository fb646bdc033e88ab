"""Rules about how a work group ends: cancelled before it has met, or closed once it has been evaluated."""

from datetime import date
from typing import Final

from hub_enrolment.domain.refusals import Conflict, Refused

# Not once it has met: with its first register a group runs, see `work_groups.moves_on`.
CANCELLABLE: Final = frozenset({"draft", "recruiting", "confirmed", "at_risk"})
CANCELLED_FOR: Final = ("too_few_teachers", "lead_unavailable", "venue_unavailable", "funding", "other")


def cancel(status: str, known_reason: str | None, reason: str) -> bool:
    """Decide on a cancellation before the group has met; False when it is cancelled for that reason already.

    Raises:
        Conflict: `not_cancellable`.
    """
    if status == "cancelled" and known_reason == reason:
        return False
    if status not in CANCELLABLE:
        raise Conflict("not_cancellable", f"A group that is {status} cannot be cancelled.")
    return True


def close(
    status: str,
    *,
    evaluation_submitted_on: date,
    last_held_on: date | None,
    today: date,
    confirmed: bool = True,
    to_come: int = 0,
) -> None:
    """Let a group be closed that has been evaluated after its last session.

    A group that runs although it was not confirmed is closed when no session is `to_come`.

    Raises:
        Conflict: `not_evaluating`; Refused: `evaluation_in_future`, `evaluation_before_last_session`.
    """
    if status != "evaluating" and (status != "running" or confirmed or to_come):
        raise Conflict("not_evaluating", f"The group is {status}; it closes once its last session is held.")
    if evaluation_submitted_on > today:
        detail = "An evaluation was submitted today or before."
        raise Refused("evaluation_in_future", detail, "/evaluation_submitted_on")
    if last_held_on is not None and evaluation_submitted_on < last_held_on:
        detail = f"The last session was held on {last_held_on:%d %B %Y}, after this evaluation."
        raise Refused("evaluation_before_last_session", detail, "/evaluation_submitted_on")
