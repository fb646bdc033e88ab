"""Who may do what here. Route by route, the words of `allow=`; and whose work groups a lead may see."""

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from hub_platform.access import Actor
from hub_platform.problems import Problem

HUB_STAFF: Final = frozenset({"hub_admin", "hub_lead"})
GROUP_STAFF: Final = HUB_STAFF | {"work_group_lead"}  # a work group lead for their own groups only
READERS: Final = GROUP_STAFF | {"pd_lead", "board"}  # of what is public anyway: schools
HUB_LEADS: Final = frozenset({"hub_lead"})
OVERRIDERS: Final = HUB_LEADS


def own_groups_only(actor: Actor) -> UUID | None:
    """The lead whose work groups an actor is kept to; None for hub staff, who see all.

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
    """Let hub staff and the group's own leads pass.

    Raises:
        Problem: 403 `not_your_work_group`.
    """
    own = own_groups_only(actor)
    if own is not None and own not in lead_ids:
        raise not_your_work_group()


def check_override(actor: Actor) -> None:
    """Let hub leads pass: only they may confirm a group outside its limits.

    Raises:
        Problem: 403 `override_needs_hub_lead`.
    """
    if not actor.roles & OVERRIDERS:
        raise Problem(
            403, "override_needs_hub_lead", "Only a hub lead may confirm a group outside its limits."
        )


def not_your_work_group() -> Problem:
    """A work group lead has asked about somebody else's group."""
    return Problem(403, "not_your_work_group", "A work group lead sees and changes their own groups.")
