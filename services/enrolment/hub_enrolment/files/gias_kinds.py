"""Recognises the four files of GIAS by their headers."""

from typing import Final

from hub_enrolment.domain.findings import FileRefused, Finding
from hub_enrolment.files import gias_establishments
from hub_enrolment.files.tables import Table

EXPECTED: Final = (
    "send the establishments file (edubasealldata), the links file (links_edubasealldata), "
    "the groups file or the group links file"
)
OTHER_EXTRACTS: Final = frozenset({"URN", "UID", "Group UID", "GID", "Linked UID", "UKPRN", "LinkURN"})


def kind_of(table: Table) -> str:
    """Return the kind of a register file, one of KINDS, by its header.

    Raises:
        FileRefused: `wrong_extract` for another extract of the register, `file_unknown` for any other file.
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
    raise FileRefused([Finding(1, "", "", "file_unknown", f"this is not a file of the register; {EXPECTED}")])
