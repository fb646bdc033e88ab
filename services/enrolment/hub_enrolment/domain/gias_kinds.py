"""The four files of GIAS that can be imported, and how they are told apart."""

from typing import Final

from hub_enrolment.domain import gias_establishments
from hub_enrolment.domain.gias_file import FileRefused, Finding, Table

KINDS: Final = (
    "establishments",
    "links",
    "groups",
    "group_links",
)  # in the order in which they build on each other

EXPECTED: Final = (
    "expected is the establishments file (edubasealldata), the links file (links_edubasealldata), "
    "the groups file or the group links file"
)
OTHER_EXTRACTS: Final = frozenset({"URN", "UID", "Group UID", "GID", "Linked UID", "UKPRN", "LinkURN"})


def kind_of(table: Table) -> str:
    """Which of the register's files this is, by its header: one of KINDS.

    Raises:
        FileRefused: `wrong_extract` when it is another of the register's, `file_unknown` when it is none.
    """
    header = frozenset(table.header)
    if {"URN", "LinkURN"} <= header:
        return "links"
    if {"URN", "Linked UID"} <= header:
        return "group_links"
    if {"UID", "Group Name"} <= header and "URN" not in header:
        return "groups"
    present = header.intersection(gias_establishments.COLUMNS)
    if len(present) > len(gias_establishments.COLUMNS) // 2:
        return "establishments"
    if header & OTHER_EXTRACTS:
        detail = f"this is another extract of the register; {EXPECTED}"
        raise FileRefused([Finding(1, "", "", "wrong_extract", detail)])
    raise FileRefused([Finding(1, "", "", "file_unknown", f"this is no file of the register; {EXPECTED}")])
