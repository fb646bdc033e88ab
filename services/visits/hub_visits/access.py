"""Access to visits: the roles that routes allow, limits to a PD lead's own schools, and reading of notes."""

from typing import Final
from uuid import UUID

from hub_platform.access import Actor
from hub_platform.problems import Problem

HUB_STAFF: Final = frozenset({"hub_admin", "hub_lead"})
VISITORS: Final = HUB_STAFF | {"pd_lead"}  # PD leads for their own schools only


def own_schools_only(actor: Actor) -> UUID | None:
    """Return the PD lead to whose schools the actor is limited; None: hub staff, who may read all schools.

    Raises:
        Problem: 403 `not_your_school` if the token's subject is not the id of a PD lead.
    """
    if actor.roles & HUB_STAFF:
        return None
    try:
        return UUID(actor.subject)
    except ValueError as exc:
        raise not_your_school() from exc


def check_own_school(actor: Actor, pd_lead_id: UUID | None) -> None:
    """Raise unless the actor is hub staff or the school's PD lead; None: only hub staff has access.

    Raises:
        Problem: 403 `not_your_school`.
    """
    own = own_schools_only(actor)
    if own is not None and own != pd_lead_id:
        raise not_your_school()


def may_read_note(actor: Actor, pd_lead_id: UUID | None) -> bool:
    """Return whether the actor may read a visit's confidential note: a hub lead, or the current PD lead.

    `pd_lead_id`: the result of `domain.hand_overs.lead_of`, also for notes of earlier PD leads.
    """
    return "hub_lead" in actor.roles or ("pd_lead" in actor.roles and actor.subject == str(pd_lead_id))


def not_your_school() -> Problem:
    """Return the problem for a PD lead's request about a school that is not theirs, or no longer theirs."""
    return Problem(403, "not_your_school", "PD leads can read and change visits to their own schools only.")
