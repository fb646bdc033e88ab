"""Who may see what here, the words of `allow=`."""

from typing import Final

HUB_STAFF: Final = frozenset({"hub_admin", "hub_lead"})
# Reports hold schools and counts, people only as ids; the board sees all of them.
REPORT_READERS: Final = HUB_STAFF | {"board"}
# How fresh the figures are may be watched by whoever reads events too.
FRESHNESS_READERS: Final = REPORT_READERS | {"subscriber"}
