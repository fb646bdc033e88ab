"""Access: the sets of roles that routes name in `allow=`, and the Work Groups that a lead may see."""

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from hub_platform.access import Actor
from hub_platform.problems import Problem

HUB_STAFF: Final = frozenset({"hub_admin", "hub_lead"})
GROUP_STAFF: Final = HUB_STAFF | {"work_group_lead"}  # a work group lead for their own groups only
READERS: Final = GROUP_STAFF | {"pd_lead", "board"}  # of public facts: schools
HUB_LEADS: Final = frozenset({"hub_lead"})
OVERRIDERS: Final = HUB_LEADS


def own_groups_only(actor: Actor) -> UUID | None:
    """Return the lead to whose Work Groups an actor is limited; None for hub staff, who see all.

    Raises:
        Problem: 403 `not_your_work_group` when the token's subject names no teacher.
    """
    if actor.roles & HUB_STAFF:
        return None
    try:
        return UUID(actor.subject)
    except ValueError as exc:
        raise not_your_work_group() from exc


def check_own_group(actor: Actor, lead_ids: Iterable[UUID]) -> None:
    """Raise unless the actor is hub staff or leads the group.

    Raises:
        Problem: 403 `not_your_work_group`.
    """
    own = own_groups_only(actor)
    if own is not None and own not in lead_ids:
        raise not_your_work_group()


def check_override(actor: Actor) -> None:
    """Raise unless the actor is a hub lead, who may override a programme's limits.

    Raises:
        Problem: 403 `override_needs_hub_lead`.
    """
    if not actor.roles & OVERRIDERS:
        raise Problem(403, "override_needs_hub_lead", "Only a hub lead may go beyond a programme's limits.")


def not_your_work_group() -> Problem:
    """Build the refusal for a work group lead who does not lead this group."""
    return Problem(403, "not_your_work_group", "A work group lead sees and changes their own groups.")
