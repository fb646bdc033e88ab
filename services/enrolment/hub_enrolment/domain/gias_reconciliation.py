"""What becomes of schools that close: replaced, merged, or closed for good; in which order it is told.

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
    """A school that has closed, and who of those named as its successors is open."""

    urn: str
    open_successors: frozenset[str]

    @property
    def successor_urn(self) -> str | None:
        """The one school that carries it on; None when it is none, or not just one."""
        return next(iter(self.open_successors)) if len(self.open_successors) == 1 else None


@dataclass(frozen=True, kw_only=True)
class Merging:
    """A closed school that is not the only one to be carried on by its successor."""

    urn: str
    successor_urn: str
    link_type: str
    close_date: date | None
    told: bool  # SchoolsMerged has been recorded


def mergers(sharing: Iterable[Merging], endings: Iterable[Ending]) -> list[Merging]:
    """Those of the schools that share a successor that have merged: each has exactly one, and it is open."""
    sure = {ending.urn: ending.successor_urn for ending in endings}
    fitting = [one for one in sharing if sure.get(one.urn) == one.successor_urn]
    counted = Counter(one.successor_urn for one in fitting)
    return [one for one in fitting if counted[one.successor_urn] > 1]


def step_of_ending(urn: str, *, succeeded: Collection[str], merged: Collection[str]) -> str:
    """In which step a school's closing is told.

    Args:
        urn: the school.
        succeeded: schools that another one carries on.
        merged: schools that have merged with others.
    """
    if urn in merged:
        return "merge"
    return "replace" if urn in succeeded else "close"


def why_not(ending: Ending) -> str:
    """Why a school could not be reconciled, in words."""
    if not ending.open_successors:
        return "the school has closed and no successor of it is known here as open"
    listed = ", ".join(sorted(ending.open_successors))
    return f"the school has closed and has several open successors: {listed}"
