"""The links file of GIAS (`links_edubasealldata`): one row for each link between two schools."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from hub_enrolment.domain.findings import FileRefused, Finding
from hub_enrolment.domain.gias_links import Succession
from hub_enrolment.files.gias_establishments import check_urn
from hub_enrolment.files.tables import Table

COLUMNS: Final = ("URN", "LinkURN", "LinkType", "LinkEstablishedDate")
SUCCESSOR: Final = "successor"  # "Successor", "Successor - merged", "- amalgamated", "- Split School"


@dataclass(frozen=True)
class LinksFile:
    """A valid file; `skipped` counts the links that are no successions, repeated, or to the school itself."""

    rows: list[Succession]
    skipped: int
    findings: list[Finding]
    row_of: Mapping[str, int]  # the row of each school's first succession


def read_links(table: Table) -> LinksFile:
    """Return the successions of a file.

    Raises:
        FileRefused: `column_missing`, `row_broken`.
    """
    problems: list[Finding] = []
    findings: list[Finding] = []
    read: dict[tuple[str, str], Succession] = {}
    row_of: dict[str, int] = {}
    skipped = 0
    for row in table.rows(COLUMNS, problems, findings):
        urn, other = check_urn(row, "URN"), check_urn(row, "LinkURN")
        established_on, link_type = row.day("LinkEstablishedDate"), row.name("LinkType")
        if not link_type.lower().startswith(SUCCESSOR):
            skipped += 1
        elif urn == other:
            skipped += 1
            row.find("LinkURN", "own_successor", "a school cannot succeed itself; the link was left out")
        elif (urn, other) in read:
            skipped += 1
            row.find("LinkURN", "link_repeated", "the same link is in an earlier row")
        else:
            row_of.setdefault(urn, row.number)
            read[urn, other] = Succession(
                urn=urn, successor_urn=other, link_type=link_type, established_on=established_on
            )
    if problems:
        raise FileRefused(problems)
    return LinksFile(list(read.values()), skipped, findings, row_of)
