"""The four files of GIAS that can be imported."""

from typing import Final

KINDS: Final = (
    "establishments",
    "links",
    "groups",
    "group_links",
)  # in the order in which they are imported
