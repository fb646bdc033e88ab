"""The assignments that an actor may read in lists."""

from uuid import UUID

from sqlalchemy import Select

from hub_kernel.england import day_in_england
from hub_platform.routes import Call
from hub_visits.access import own_schools_only
from hub_visits.store.hand_overs import assignments_led_by


def own_assignments(call: Call[None]) -> Select[UUID] | None:
    """Select the assignments that a PD lead leads now; None: hub staff, who may read all.

    Raises:
        Problem: 403 `not_your_school` if the token's subject is not the id of a PD lead.
    """
    own = own_schools_only(call.actor)
    return None if own is None else assignments_led_by(own, day_in_england(call.now))
