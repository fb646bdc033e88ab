"""Who may do what here. Route by route, the words of `allow=`; and who may read a visit's note."""

from typing import Final
from uuid import UUID

from hub_platform.access import Actor
from hub_platform.problems import Problem

HUB_STAFF: Final = frozenset({"hub_admin", "hub_lead"})
VISITORS: Final = HUB_STAFF | {"pd_lead"}  # a PD lead for their own schools only


def own_schools_only(actor: Actor) -> UUID | None:
    """The PD lead whose schools an actor is kept to; None for hub staff, who see all.

    Raises:
        Problem: 403 `not_your_school` when the token's subject names no PD lead.
    """
    if actor.roles & HUB_STAFF:
        return None
    try:
        return UUID(actor.subject)
    except ValueError as exc:
        raise not_your_school() from exc


def check_own_school(actor: Actor, pd_lead_id: UUID | None) -> None:
    """Raise unless the actor is hub staff or the PD lead to whom it is entrusted; None: to hub staff only.

    Raises:
        Problem: 403 `not_your_school`.
    """
    own = own_schools_only(actor)
    if own is not None and own != pd_lead_id:
        raise not_your_school()


def may_read_note(actor: Actor, pd_lead_id: UUID | None) -> bool:
    """Notes are supportive and confidential: for hub leads and the school's current PD lead, nobody else.

    `pd_lead_id`: as `domain.hand_overs.lead_of` gives it, also for the notes of PD leads before them.
    """
    return "hub_lead" in actor.roles or ("pd_lead" in actor.roles and actor.subject == str(pd_lead_id))


def not_your_school() -> Problem:
    """A PD lead has asked about a school that is not, or no longer, theirs."""
    return Problem(403, "not_your_school", "A PD lead sees and changes the visits to their own schools.")
