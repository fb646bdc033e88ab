"""The links file of GIAS: which school came after which.

The national file of 22 April 2025 has 33,801 rows, 80 schools with several successors and a few circles.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from hub_enrolment.domain.gias_establishments import check_urn
from hub_enrolment.domain.gias_file import FileRefused, Finding, Table

COLUMNS: Final = ("URN", "LinkURN", "LinkType", "LinkEstablishedDate")
SUCCESSOR: Final = "successor"  # "Successor", "Successor - merged", "- amalgamated", "- Split School"


@dataclass(frozen=True, kw_only=True)
class Succession:
    """One school carries on another."""

    urn: str
    successor_urn: str
    link_type: str
    established_on: date | None


@dataclass(frozen=True)
class LinksFile:
    """A file that can be imported. Links that say nothing of a successor are only counted."""

    rows: list[Succession]
    skipped: int
    findings: list[Finding]
    row_of: Mapping[str, int]  # in which row a school's first succession stands


def read_links(table: Table) -> LinksFile:
    """Read every succession of the file.

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
            row.find("LinkURN", "link_repeated", "the same link stands in the file before")
        else:
            row_of.setdefault(urn, row.number)
            read[urn, other] = Succession(
                urn=urn, successor_urn=other, link_type=link_type, established_on=established_on
            )
    if problems:
        raise FileRefused(problems)
    return LinksFile(list(read.values()), skipped, findings, row_of)


def principal_successors(successions: Iterable[Succession]) -> dict[str, Succession]:
    """The one school that carries on each: the newest link, of equal ones that to the lowest URN.

    Circles (A follows B follows A) are opened at their oldest link, so that whoever follows arrives.
    """
    chosen: dict[str, Succession] = {}
    for link in successions:
        held = chosen.get(link.urn)
        if held is None or _rank(link) > _rank(held):
            chosen[link.urn] = link
    done: set[str] = set()
    for urn in sorted(chosen):
        circle = _circle(chosen, urn, done)
        if circle:
            del chosen[min(circle, key=_rank).urn]
    return chosen


def _rank(link: Succession) -> tuple[date, int]:
    return link.established_on or date.min, -int(link.successor_urn)


def _circle(chosen: Mapping[str, Succession], start: str, done: set[str]) -> list[Succession]:
    """The links of the circle that the chain from `start` runs into, if any; `done` is never walked again."""
    path: list[str] = []
    urn = start
    while urn in chosen and urn not in done and urn not in path:
        path.append(urn)
        urn = chosen[urn].successor_urn
    done.update(path)
    return [chosen[step] for step in path[path.index(urn) :]] if urn in path else []
