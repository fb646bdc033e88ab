"""Roles that may use the routes of notifications: hub staff only, because messages concern individuals."""

from typing import Final

HUB_STAFF: Final = frozenset({"hub_admin", "hub_lead"})
