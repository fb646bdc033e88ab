"""Closing schools are replaced, merged or closed, in this order, each published once."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session
from tests.enrolment.factories import apply, events
from tests.enrolment.register_files import CLOSED, gias, links, row

from hub_enrolment.domain.gias_reconciliation import Ending, Merging, mergers, step_of_ending, why_not

A, B, C, NEW, OTHER = "100001", "100002", "100003", "140001", "140002"
ON = "01-09-2025"


def merging(urn: str, successor_urn: str = NEW, *, published: bool = False) -> Merging:
    return Merging(
        urn=urn,
        successor_urn=successor_urn,
        link_type="Successor - merged",
        close_date=None,
        published=published,
    )


def ending(urn: str, *successors: str) -> Ending:
    return Ending(urn, frozenset(successors))


@pytest.mark.parametrize(
    ("count", "merged"), [(1, []), (2, ["100000", "100001"]), (3, ["100000", "100001", "100002"])]
)
def test_two_or_more_schools_merge(count: int, merged: list[str]) -> None:
    urns = [str(100_000 + n) for n in range(count)]
    found = mergers([merging(urn) for urn in urns], [ending(urn, NEW) for urn in urns])
    assert [one.urn for one in found] == merged


@pytest.mark.parametrize("opened", [(), (NEW, OTHER), (OTHER,)])
def test_a_school_without_exactly_that_open_successor_does_not_merge(opened: tuple[str, ...]) -> None:
    found = mergers(
        [merging(A), merging(B), merging(C)], [ending(A, NEW), ending(B, NEW), ending(C, *opened)]
    )
    assert [one.urn for one in found] == [A, B]


def test_a_school_that_is_left_alone_by_that_does_not_merge_either() -> None:
    assert mergers([merging(A), merging(B)], [ending(A, NEW), ending(B)]) == []


@given(st.lists(st.tuples(st.integers(1, 30), st.integers(31, 34)), unique_by=lambda pair: pair[0]))
def test_each_successor_of_a_merger_has_two_schools_or_more(pairs: list[tuple[int, int]]) -> None:
    sharing = [merging(str(old), str(new)) for old, new in pairs]
    found = mergers(sharing, [ending(str(old), str(new)) for old, new in pairs])
    olds = [new for _, new in pairs]
    assert [one.urn for one in found] == [str(old) for old, new in pairs if olds.count(new) > 1]


@pytest.mark.parametrize(
    ("succeeded", "merged", "step"),
    [([], [], "close"), ([A], [], "replace"), ([A], [A], "merge"), ([B], [C], "close")],
)
def test_each_ending_has_its_step(succeeded: list[str], merged: list[str], step: str) -> None:
    assert step_of_ending(A, succeeded=succeeded, merged=merged) == step


def test_why_a_school_could_not_be_reconciled() -> None:
    assert "no successor in the hub's files is open" in why_not(ending(A))
    assert f"{NEW}, {OTHER}" in why_not(ending(A, OTHER, NEW))


def told(session: Session, since: int) -> list[tuple[str, str]]:
    return [(type_, data["urn"]) for type_, data in events(session)[since:]]


def test_replace_then_merge_then_open_then_close(session: Session) -> None:
    replaced, merged_1, merged_2, closing = (row(URN=f"10000{n}") for n in range(1, 5))
    proposed = row(URN="100009", **{"EstablishmentStatus (code)": "4"})
    apply(session, gias(replaced, merged_1, merged_2, closing, proposed))
    apply(session, links(("100001", OTHER, "Successor", ON)))
    apply(session, links(*((old, NEW, "Successor - merged", ON) for old in ("100002", "100003"))))
    before = len(events(session))
    opened = row(URN="100009")
    gone = [old | CLOSED for old in (closing, merged_2, merged_1, replaced)]
    result = apply(session, gias(row(URN=NEW), row(URN=OTHER), opened, *gone))
    assert result.findings == []
    assert told(session, before)[:4] == [("SchoolChanged", old["URN"]) for old in gone]
    assert told(session, before)[4:] == [
        ("SchoolClosed", "100001"),
        ("SchoolSucceeded", "100001"),
        ("SchoolClosed", "100003"),
        ("SchoolClosed", "100002"),
        ("SchoolSucceeded", "100002"),
        ("SchoolSucceeded", "100003"),
        ("SchoolsMerged", "100002"),
        ("SchoolsMerged", "100003"),
        ("SchoolImported", NEW),
        ("SchoolImported", OTHER),
        ("SchoolChanged", "100009"),
        ("SchoolClosed", "100004"),
    ]


def test_merger_is_published_once_with_its_facts(session: Session) -> None:
    apply(session, gias(row(URN=A, **CLOSED), row(URN=B, **CLOSED), row(URN=NEW)))
    raw = links((A, NEW, "Successor - merged", ON), (B, NEW, "Successor - merged", ON))
    assert apply(session, raw).successors == 2
    apply(session, raw)
    assert events(session, "SchoolsMerged") == [
        (
            "SchoolsMerged",
            {
                "urn": urn,
                "successor_urn": NEW,
                "link_type": "Successor - merged",
                "close_date": date(2025, 8, 31).isoformat(),
            },
        )
        for urn in (A, B)
    ]
    assert len(events(session, "SchoolSucceeded")) == 2


def test_a_school_that_joins_later_makes_a_merger_of_both(session: Session) -> None:
    apply(session, gias(row(URN=A, **CLOSED), row(URN=B), row(URN=NEW)))
    apply(session, links((A, NEW, "Successor", ON), (B, NEW, "Successor - merged", ON)))
    assert events(session, "SchoolsMerged") == []
    apply(session, gias(row(URN=B, **CLOSED)))
    assert [data["urn"] for _, data in events(session, "SchoolsMerged")] == [A, B]
    assert [data["urn"] for _, data in events(session, "SchoolSucceeded")] == [A, B]


@pytest.mark.parametrize(
    ("status", "code"), [("1", None), ("3", None), ("2", "could_not_reconcile"), ("4", "could_not_reconcile")]
)
def test_a_successor_must_be_open(session: Session, status: str, code: str | None) -> None:
    successor = row(URN=NEW, **{"EstablishmentStatus (code)": status, "CloseDate": "01-09-2025"})
    apply(session, gias(row(URN=A), row(URN=B, **CLOSED), successor))
    apply(session, links((A, NEW, "Successor", ON)))
    found = apply(session, gias(row(URN=B, **CLOSED), row(URN=A, **CLOSED))).findings
    assert [(one.row, one.urn, one.code) for one in found] == ([(3, A, code)] if code else [])


def test_a_school_with_two_open_successors_could_not_be_reconciled(session: Session) -> None:
    apply(session, gias(row(URN=A, **CLOSED), row(URN=NEW), row(URN=OTHER)))
    kind = "Successor - Split School"
    found = apply(session, links((A, NEW, kind, ON), (A, OTHER, kind, ON))).findings
    assert [(one.row, one.column, one.code) for one in found] == [(2, "LinkURN", "could_not_reconcile")]
    assert [data["successor_urn"] for _, data in events(session, "SchoolSucceeded")] == [NEW]


def test_a_link_of_a_school_that_is_not_known_here_needs_no_reconciling(session: Session) -> None:
    apply(session, gias(row(URN=NEW)))
    assert apply(session, links((A, NEW, "Successor", ON))).findings == []
