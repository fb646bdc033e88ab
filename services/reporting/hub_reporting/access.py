"""Roles that may read each kind of answer, for `allow=` of routes."""

from typing import Final

HUB_STAFF: Final = frozenset({"hub_admin", "hub_lead"})
# Reports contain schools and counts, and people by id only.
REPORT_READERS: Final = HUB_STAFF | {"board"}
# Subscribers of events may check how current the figures are.
FRESHNESS_READERS: Final = REPORT_READERS | {"subscriber"}
