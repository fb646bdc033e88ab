"""Over HTTP: the lists of assignments and exemptions, for hub staff and for PD leads."""

from collections.abc import Iterator

import pytest
from tests.support.broker import BrokerServer
from tests.support.postgres import PostgresServer
from tests.visits.chains import ADA, AUTUMN, SPRING, WINTER, Chain, running_chain
from tests.visits.factories import OTHER_SCHOOL, SCHOOL


@pytest.fixture(name="chain", scope="module")
def _chain(
    postgres: PostgresServer, broker: BrokerServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Chain]:
    with running_chain(postgres, broker, tmp_path_factory.mktemp("visits")) as chain:
        yield chain


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["first", "other", "second", "third"]),
        (f"?urn={SCHOOL}", ["first", "second", "third"]),
        (f"?pd_lead_id={ADA}", ["first", "other"]),
        ("?programme=tfm_support", ["other"]),
        ("?academic_year=2023/24", ["first", "other", "second", "third"]),
        ("?academic_year=2024/25", []),
        ("?active_on=2024-01-07", ["first", "other"]),
        ("?active_on=2024-01-08", ["second", "other"]),
        ("?active_on=2024-05-01", ["third", "other"]),
        ("?active_on=2024-05-02", ["other"]),
        ("?without_lead=true", ["third"]),
        ("?without_lead=false", ["first", "other", "second"]),
    ],
)
def test_assignments_are_listed(chain: Chain, query: str, names: list[str]) -> None:
    by_id = {id_: name for name, id_ in chain.assignments.items()}
    reply = chain.ask("hub_admin", "GET", f"assignments{query}")
    assert reply.status == 200, reply.body
    assert sorted(by_id[item["assignment_id"]] for item in reply.json["items"]) == sorted(names)
    for item in reply.json["items"]:
        is_third = by_id[item["assignment_id"]] == "third"
        assert item["without_lead"] is is_third
        assert item["lead_until"] == ("2024-05-01" if is_third else None)


@pytest.mark.parametrize(
    ("name", "at", "names"),
    [
        ("Ada", AUTUMN, {"first", "other"}),
        ("Ada", WINTER, {"other"}),
        ("Ben", AUTUMN, {"second"}),
        ("Ben", WINTER, {"first", "second"}),
        ("Cat", SPRING, {"first", "second", "third"}),
    ],
)
def test_a_pd_lead_lists_the_assignments_of_their_own_schools(
    chain: Chain, name: str, at: str, names: set[str]
) -> None:
    by_id = {id_: assignment for assignment, id_ in chain.assignments.items()}
    items = chain.ask(name, "GET", "assignments", at=at).json["items"]
    assert {by_id[item["assignment_id"]] for item in items} == names
    for assignment, id_ in chain.assignments.items():
        assert (chain.ask(name, "GET", f"assignments/{id_}", at=at).status == 200) == (assignment in names)


def test_lists_are_paged_and_refuse_what_they_do_not_know(chain: Chain) -> None:
    first = chain.ask("hub_admin", "GET", "assignments?limit=3").json
    rest = chain.ask("hub_admin", "GET", f"assignments?limit=3&after={first['next']}").json
    assert len({item["assignment_id"] for item in (*first["items"], *rest["items"])}) == 4
    assert rest["next"] is None
    excused = chain.ask("hub_admin", "GET", "exemptions?half_term=2023-3&limit=1").json
    assert [item["urn"] for item in excused["items"]] == [SCHOOL]
    after = chain.ask("hub_admin", "GET", f"exemptions?half_term=2023-3&after={excused['next']}").json
    assert [item["urn"] for item in after["items"]] == [OTHER_SCHOOL]
    for wrong in ("assignments?academic_year=2023", "assignments?programme=x", "exemptions?half_term=1"):
        assert chain.ask("hub_admin", "GET", wrong).json["code"] == "bad_parameter"
