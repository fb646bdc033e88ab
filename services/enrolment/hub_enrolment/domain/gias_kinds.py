"""The four files of GIAS that can be imported."""

from enum import StrEnum


class RegisterFileKind(StrEnum):
    """A file of the register, in the order in which they are imported."""

    ESTABLISHMENTS = "establishments"
    LINKS = "links"
    GROUPS = "groups"
    GROUP_LINKS = "group_links"
