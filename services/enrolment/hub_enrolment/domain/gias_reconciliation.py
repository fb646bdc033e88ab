"""Reconciliation of schools that close: replaced, merged, or closed without successor; the order of events.

The order replace, merge, open, close, and the rule that each needs exactly one open successor, as in
DFE-Digital/register-early-career-teachers `gias/reconcile.rb` and `reconciliation/eligibility.rb`.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

ORDER: Final = ("facts", "replace", "merge", "open", "close")


@dataclass(frozen=True)
class Ending:
    """A school that has closed, and those of its successors that are open."""

    urn: str
    open_successors: frozenset[str]

    @property
    def successor_urn(self) -> str | None:
        """The only open successor; None when there is none or more than one."""
        return next(iter(self.open_successors)) if len(self.open_successors) == 1 else None


@dataclass(frozen=True, kw_only=True)
class Merging:
    """A closed school that shares its successor with other closed schools."""

    urn: str
    successor_urn: str
    link_type: str
    close_date: date | None
    published: bool  # SchoolsMerged has been recorded


def mergers(sharing: Iterable[Merging], endings: Iterable[Ending]) -> list[Merging]:
    """Return the schools that have merged: at least two share a successor, their only one that is open."""
    only_successor = {ending.urn: ending.successor_urn for ending in endings}
    with_successor = [one for one in sharing if only_successor.get(one.urn) == one.successor_urn]
    counted = Counter(one.successor_urn for one in with_successor)
    return [one for one in with_successor if counted[one.successor_urn] > 1]


def step_of_ending(urn: str, *, succeeded: Collection[str], merged: Collection[str]) -> str:
    """Return the step of ORDER in which a school's closing is published.

    Args:
        urn: the school.
        succeeded: the schools that have a successor.
        merged: the schools that have merged with others.
    """
    if urn in merged:
        return "merge"
    return "replace" if urn in succeeded else "close"


def why_not(ending: Ending) -> str:
    """Return why a school could not be reconciled, as a sentence for a finding."""
    if not ending.open_successors:
        return "the school has closed and no successor in the hub's files is open"
    listed = ", ".join(sorted(ending.open_successors))
    return f"the school has closed and has several open successors: {listed}"
