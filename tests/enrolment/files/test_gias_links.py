"""Reading the links file, and which of several successors counts."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.enrolment.register_files import links, table_of

from hub_enrolment.domain.findings import FileRefused
from hub_enrolment.domain.gias_links import Succession, principal_successors
from hub_enrolment.files.gias_kinds import kind_of
from hub_enrolment.files.gias_links import LinksFile, read_links


def read(raw: bytes) -> LinksFile:
    table = table_of(raw)
    assert kind_of(table) == "links"
    return read_links(table)


def link(urn: str, successor_urn: str, on: date | None = None) -> Succession:
    return Succession(urn=urn, successor_urn=successor_urn, link_type="Successor", established_on=on)


def successors(*given: Succession) -> dict[str, str]:
    return {urn: chosen.successor_urn for urn, chosen in principal_successors(given).items()}


@pytest.mark.parametrize(
    "kind",
    ["Successor", "Successor - merged", "Successor - amalgamated", "Successor - Split School", "successor"],
)
def test_every_kind_of_successor_counts(kind: str) -> None:
    (read_link,) = read(links(("100001", "100002", kind, "01-09-2025"))).rows
    assert read_link == Succession(
        urn="100001", successor_urn="100002", link_type=kind, established_on=date(2025, 9, 1)
    )


@pytest.mark.parametrize("kind", ["Predecessor", "Predecessor - merged", "Sixth Form Centre Link", "Other"])
def test_other_links_are_only_counted(kind: str) -> None:
    file = read(links(("100001", "100002", kind, "")))
    assert (file.rows, file.skipped) == ([], 1)


def test_a_school_cannot_succeed_itself() -> None:
    file = read(links(("100001", "100001", "Successor", "")))
    assert (file.rows, [found.code for found in file.findings]) == ([], ["own_successor"])


def test_a_repeated_link_is_a_finding() -> None:
    file = read(links(("100001", "100002", "Successor", ""), ("100001", "100002", "Successor - merged", "")))
    assert (len(file.rows), [found.code for found in file.findings]) == (1, ["link_repeated"])


@pytest.mark.parametrize(
    ("broken", "pointer"),
    [
        (("x", "100002", "Successor", ""), "/rows/2/URN"),
        (("100001", "", "Successor", ""), "/rows/2/LinkURN"),
        (("100001", "100002", "", ""), "/rows/2/LinkType"),
        (("100001", "100002", "Successor", "2025"), "/rows/2/LinkEstablishedDate"),
    ],
)
def test_a_broken_row_refuses_the_file(broken: tuple[str, str, str, str], pointer: str) -> None:
    with pytest.raises(FileRefused) as caught:
        read(links(broken))
    assert [where for where, _ in caught.value.errors] == [pointer]


def test_the_newest_link_counts() -> None:
    old, new = link("1", "2", date(2020, 1, 1)), link("1", "3", date(2021, 1, 1))
    assert successors(old, new, link("1", "4")) == {"1": "3"}


def test_of_equal_links_the_lowest_urn_counts() -> None:
    assert successors(link("1", "30"), link("1", "4")) == {"1": "4"}


def test_a_circle_is_opened_at_its_oldest_link() -> None:
    there, back = link("1", "2", date(2010, 1, 1)), link("2", "1", date(2020, 1, 1))
    assert successors(there, back) == {"2": "1"}


urns = st.integers(1, 12).map(str)
days = st.none() | st.dates(date(2000, 1, 1), date(2003, 1, 1))
pairs = st.builds(link, urns, urns, days).filter(lambda one: one.urn != one.successor_urn)


@given(st.lists(pairs, max_size=30))
def test_no_chain_runs_in_a_circle(given_links: list[Succession]) -> None:
    chosen = successors(*given_links)
    for urn in chosen:
        end, steps = urn, 0
        while end in chosen and steps <= len(chosen):
            end, steps = chosen[end], steps + 1
        assert end not in chosen


@given(st.lists(pairs, max_size=20), st.randoms())
def test_the_order_of_the_links_does_not_matter(given_links: list[Succession], random: object) -> None:
    unique = list({(one.urn, one.successor_urn): one for one in given_links}.values())
    shuffled = sorted(unique, key=lambda _: random.random())  # type: ignore[attr-defined]
    assert successors(*unique) == successors(*shuffled)
