"""What an actor may see in lists."""

from typing import Any
from uuid import UUID

from sqlalchemy import Select

from hub_kernel.england import day_in_england
from hub_platform.routes import Call
from hub_visits.access import own_schools_only
from hub_visits.store.hand_overs import entrusted_to


def entrusted(call: Call[Any]) -> Select[UUID] | None:
    """The assignments that a PD lead is entrusted with now; None for hub staff, who see all.

    Raises:
        Problem: 403 `not_your_school` when the token's subject names no PD lead.
    """
    own = own_schools_only(call.actor)
    return None if own is None else entrusted_to(own, day_in_england(call.now))
