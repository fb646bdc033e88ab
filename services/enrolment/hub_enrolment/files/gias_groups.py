"""The groups and group links files of GIAS, of which only academy trusts and their schools are read.

The files also have the names of heads of groups; they are not read.
"""

import re
from dataclasses import dataclass
from typing import Final

from hub_enrolment.domain.findings import FileRefused, Finding
from hub_enrolment.domain.gias_groups import UID, Group, Joined
from hub_enrolment.files.gias_establishments import check_urn
from hub_enrolment.files.tables import Row, Table

GROUP_COLUMNS: Final = (
    "UID",
    "Group Name",
    "Companies House Number",
    "Group Type",
    "Closed Date",
    "Status",
)
LINK_COLUMNS: Final = ("URN", "Linked UID", "Group Type", "Joined date")
COMPANY: Final = re.compile(r"[0-9]{8}|[A-Z]{2}[0-9]{6}|[A-Z]{2}[0-9]{5}[A-Z]")

# By the register's wording: a group proposed to close is open, one created in error is closed.
STATUSES: Final = {
    "open": "open",
    "proposed to close": "open",
    "proposed to open": "open",
    "closed": "closed",
    "created in error": "closed",
}


@dataclass(frozen=True)
class GroupsFile:
    """A valid groups file; `skipped` counts the groups that are no trusts."""

    rows: list[Group]
    skipped: int
    findings: list[Finding]


@dataclass(frozen=True)
class GroupLinksFile:
    """A valid group links file; `skipped` counts links to groups that are no trusts, and repeated links."""

    rows: list[Joined]
    skipped: int
    findings: list[Finding]


def read_groups(table: Table) -> GroupsFile:
    """Return the trusts of a groups file.

    Raises:
        FileRefused: `column_missing`, `row_broken`, `uid_repeated`.
    """
    problems: list[Finding] = []
    findings: list[Finding] = []
    read: dict[str, Group] = {}
    skipped = 0
    for row in table.rows(GROUP_COLUMNS, problems, findings):
        uid, kind = _uid(row, "UID"), row.name("Group Type")
        if not _is_trust(kind):
            skipped += 1
            continue
        if uid in read:
            row.break_("UID", f"the group {uid} is in an earlier row already", "uid_repeated")
        read[uid] = Group(
            uid=uid,
            name=row.name("Group Name"),
            group_type=kind,
            companies_house=_company(row),
            status=_status(row),
            closed_on=row.day("Closed Date"),
        )
    if problems:
        raise FileRefused(problems)
    return GroupsFile(list(read.values()), skipped, findings)


def read_group_links(table: Table) -> GroupLinksFile:
    """Return the trust memberships of a group links file.

    Raises:
        FileRefused: `column_missing`, `row_broken`.
    """
    problems: list[Finding] = []
    findings: list[Finding] = []
    read: dict[tuple[str, str], Joined] = {}
    skipped = 0
    for row in table.rows(LINK_COLUMNS, problems, findings):
        urn, uid, joined_on = check_urn(row, "URN"), _uid(row, "Linked UID"), row.day("Joined date")
        if not _is_trust(row.cells["Group Type"]):
            skipped += 1
        elif (urn, uid) in read:
            skipped += 1
            row.find("Linked UID", "link_repeated", "the same link is in an earlier row")
        else:
            read[urn, uid] = Joined(row=row.number, urn=urn, uid=uid, joined_on=joined_on)
    if problems:
        raise FileRefused(problems)
    return GroupLinksFile(list(read.values()), skipped, findings)


def _is_trust(group_type: str) -> bool:
    """Return whether it is a multi-academy, single-academy or foundation trust."""
    return "trust" in group_type.lower()


def _uid(row: Row, column: str) -> str:
    text = row.cells[column].strip()
    if not UID.fullmatch(text):
        row.break_(column, f"“{text[:40]}” is not a group UID")
        return ""
    return str(int(text))


def _company(row: Row) -> str | None:
    """Return the Companies House number with the leading zeros that spreadsheets drop."""
    text = "".join((row.text("Companies House Number") or "").split()).upper()
    number = text.zfill(8) if text.isascii() and text.isdecimal() else text
    if not text or COMPANY.fullmatch(number):
        return number if text else None
    detail = "this is not a Companies House number; it was left out"
    row.find("Companies House Number", "unknown_company", detail)
    return None


def _status(row: Row) -> str | None:
    text = (row.text("Status") or "").replace("_", " ").lower()
    if text not in STATUSES:
        row.find("Status", "unknown_status", "the status is unknown, so the trust is stored without one")
    return STATUSES.get(text)
