"""Who may do what here. Messages say who is told what, so they are for the hub's staff."""

from typing import Final

HUB_STAFF: Final = frozenset({"hub_admin", "hub_lead"})
