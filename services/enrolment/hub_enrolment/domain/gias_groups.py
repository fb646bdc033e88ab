"""The groups file of GIAS: academy trusts, federations, children's centres. We keep the trusts.

The names of heads of groups stand in the file too; they are not read.
"""

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from hub_enrolment.domain.gias_establishments import check_urn
from hub_enrolment.domain.gias_file import FileRefused, Finding, Row, Table

GROUP_COLUMNS: Final = (
    "UID",
    "Group Name",
    "Companies House Number",
    "Group Type",
    "Closed Date",
    "Status",
)
LINK_COLUMNS: Final = ("URN", "Linked UID", "Group Type", "Joined date")
UID: Final = re.compile(r"[0-9]{1,9}")
COMPANY: Final = re.compile(r"[0-9]{8}|[A-Z]{2}[0-9]{6}|[A-Z]{2}[0-9]{5}[A-Z]")

# In the register's words; what is only proposed to close is open, what was made in error is not.
STATUSES: Final = {
    "open": "open",
    "proposed to close": "open",
    "proposed to open": "open",
    "closed": "closed",
    "created in error": "closed",
}


@dataclass(frozen=True, kw_only=True)
class Group:
    """What we keep of a trust from the register."""

    uid: str
    name: str
    group_type: str  # in the register's words, such as Multi-academy trust
    companies_house: str | None
    status: str | None
    closed_on: date | None


@dataclass(frozen=True)
class GroupsFile:
    """A file that can be imported. Groups that are no trusts are only counted."""

    rows: list[Group]
    skipped: int
    findings: list[Finding]


@dataclass(frozen=True, kw_only=True)
class Joined:
    """A school has joined a trust."""

    row: int
    urn: str
    uid: str
    joined_on: date | None


@dataclass(frozen=True)
class GroupLinksFile:
    """A file that can be imported. Links to groups that are no trusts are only counted."""

    rows: list[Joined]
    skipped: int
    findings: list[Finding]


def read_groups(table: Table) -> GroupsFile:
    """Read every trust of the file.

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
            row.break_("UID", f"the group {uid} stands in the file before", "uid_repeated")
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
    """Read which school has joined which trust, and when.

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
            row.find("Linked UID", "link_repeated", "the same link stands in the file before")
        else:
            read[urn, uid] = Joined(row=row.number, urn=urn, uid=uid, joined_on=joined_on)
    if problems:
        raise FileRefused(problems)
    return GroupLinksFile(list(read.values()), skipped, findings)


def _is_trust(group_type: str) -> bool:
    """Multi-academy, single-academy and foundation trusts; no federation, sponsor or children's centre."""
    return "trust" in group_type.lower()


def _uid(row: Row, column: str) -> str:
    text = row.cells[column].strip()
    if not UID.fullmatch(text):
        row.break_(column, f"“{text[:40]}” is not the number of a group")
        return ""
    return str(int(text))


def _company(row: Row) -> str | None:
    """Return the number of a company with the leading zeros that spreadsheets drop."""
    text = "".join((row.text("Companies House Number") or "").split()).upper()
    number = text.zfill(8) if text.isascii() and text.isdecimal() else text
    if not text or COMPANY.fullmatch(number):
        return number if text else None
    detail = "this is not the number of a company; it was left out"
    row.find("Companies House Number", "unknown_company", detail)
    return None


def _status(row: Row) -> str | None:
    text = (row.text("Status") or "").replace("_", " ").lower()
    if text not in STATUSES:
        row.find("Status", "unknown_status", "whether the group is open is not known")
    return STATUSES.get(text)
