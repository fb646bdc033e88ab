"""Over HTTP: hand-overs and ends, and who reads notes, plans and writes up visits after them."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from tests.support.broker import BrokerServer
from tests.support.postgres import PostgresServer
from tests.visits.chains import ADA, AUTUMN, BEN, LEADS, NOTE, SPRING, WINTER, Chain, running_chain
from tests.visits.factories import SCHOOL


@pytest.fixture(name="chain", scope="module")
def _chain(
    postgres: PostgresServer, broker: BrokerServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Chain]:
    with running_chain(postgres, broker, tmp_path_factory.mktemp("visits")) as chain:
        yield chain


@pytest.mark.parametrize(
    ("at", "reader"),
    [
        (AUTUMN, "Ada"),
        ("2024-01-07T23:59:59Z", "Ada"),
        ("2024-01-08T00:00:00Z", "Ben"),
        (WINTER, "Ben"),
        ("2024-02-29T23:59:59Z", "Ben"),
        ("2024-03-01T00:00:00Z", "Cat"),
        ("2024-05-01T22:59:59Z", "Cat"),
        ("2024-05-01T23:00:00Z", None),  # 2 May in England
        ("2024-06-20T09:00:00Z", None),
    ],
)
def test_notes_are_read_by_the_current_pd_lead_of_the_chain_and_by_hub_leads(
    chain: Chain, at: str, reader: str | None
) -> None:
    path = f"visits/{chain.visits['autumn']}"
    for name in LEADS:
        reply = chain.ask(name, "GET", path, at=at)
        if name == reader:
            assert (reply.status, reply.json["note"]) == (200, NOTE)
        else:
            assert (reply.status, reply.json["code"]) == (403, "not_your_school")
    assert chain.ask("hub_lead", "GET", path, at=at).json["note"] == NOTE
    assert "note" not in chain.ask("hub_admin", "GET", path, at=at).json


@pytest.mark.parametrize(
    ("at", "name", "seen"),
    [
        (AUTUMN, "Ada", {"autumn"}),
        (AUTUMN, "Ben", {"january"}),  # the next PD lead can read visits planned for their time
        (AUTUMN, "Cat", {"spring", "summer"}),
        (WINTER, "Ada", set()),
        (WINTER, "Ben", {"autumn", "january"}),
        (SPRING, "Cat", {"autumn", "january", "spring", "summer"}),
        (SPRING, "Ben", set()),
        ("2024-05-02T09:00:00Z", "Cat", set()),
    ],
)
def test_pd_lead_lists_and_reads_visits_of_their_assignments(
    chain: Chain, at: str, name: str, seen: set[str]
) -> None:
    names = {id_: visit for visit, id_ in chain.visits.items()}
    listed = chain.ask(name, "GET", f"visits?urn={SCHOOL}", at=at).json["items"]
    assert {names[item["visit_id"]] for item in listed} == seen
    read = {
        visit
        for visit, visit_id in chain.visits.items()
        if chain.ask(name, "GET", f"visits/{visit_id}", at=at).status == 200
    }
    assert read == seen
    owed = chain.ask(name, "GET", f"obligations?urn={SCHOOL}", at=at).json["items"]
    excused = chain.ask(name, "GET", f"exemptions?urn={SCHOOL}", at=at).json["items"]
    assert bool(excused) == bool(owed) == bool(seen)


def test_only_the_current_pd_lead_plans_logs_and_cancels(chain: Chain) -> None:
    plan = {
        "assignment_id": chain.assignments["second"],
        "planned_at": "2024-02-01T09:00:00Z",
        "kind": "observation",
    }
    for name in ("Ada", "Cat"):
        assert chain.ask(name, "POST", "visits", plan).json["code"] == "not_your_school"
    made = chain.ask("Ben", "POST", "visits", plan)
    assert made.status == 201, made.body
    path = f"visits/{made.json['visit_id']}"
    log = {"happened_on": "2024-02-01", "half_days": 1}
    for name in ("Ada", "Cat"):
        assert chain.ask(name, "POST", f"{path}/log", log).status == 403
        assert chain.ask(name, "POST", f"{path}/cancellation", {"reason": "snow"}).status == 403
    # On 2 March Ben's visit is Cat's to write up; it stays Ben's.
    after = "2024-03-02T09:00:00Z"
    assert chain.ask("Ben", "POST", f"{path}/log", log, at=after).status == 403
    written = chain.ask("Cat", "POST", f"{path}/log", log, at=after)
    assert (written.status, written.json["pd_lead_id"]) == (200, str(BEN))


def test_visits_without_a_lead_are_flagged_and_filtered(chain: Chain) -> None:
    flags = {
        item["visit_id"]: item["without_lead"]
        for item in chain.ask("hub_admin", "GET", "visits?status=planned").json["items"]
    }
    assert flags[chain.visits["summer"]] is True
    assert flags[chain.visits["spring"]] is False
    for asked, expected in (("true", {"summer"}), ("false", {"autumn", "january", "spring"})):
        items = chain.ask("hub_admin", "GET", f"visits?without_lead={asked}").json["items"]
        found = {item["visit_id"] for item in items} & set(chain.visits.values())
        assert found == {chain.visits[name] for name in expected}
    assert chain.ask("hub_admin", "GET", f"visits/{chain.visits['summer']}").json["without_lead"] is True


def test_hand_over_returns_the_following_assignment(chain: Chain) -> None:
    path = f"assignments/{chain.assignments['other']}"
    body = {"pd_lead_id": str(BEN), "on": "2024-02-01", "reason": "workload"}
    for name in ("Ada", "board"):
        assert chain.ask(name, "POST", f"{path}/hand-over", body).status == 403
        assert chain.ask(name, "POST", f"{path}/end", {"on": "2024-02-01", "reason": "left"}).status == 403
    assert chain.ask("hub_admin", "POST", f"{path}/hand-over", body | {"reason": "ill"}).status == 422
    refused = chain.ask("hub_admin", "POST", f"{path}/hand-over", body | {"pd_lead_id": str(ADA)})
    assert (refused.status, refused.json["code"]) == (422, "same_pd_lead")
    assert refused.json["errors"][0]["pointer"] == "/pd_lead_id"
    unknown = chain.ask("hub_admin", "POST", f"assignments/{uuid4()}/hand-over", body)
    assert (unknown.status, unknown.json["code"]) == (404, "unknown_assignment")
    made = chain.ask("hub_admin", "POST", f"{path}/hand-over", body)
    assert (made.status, made.json["follows"], made.json["visits_reassigned"]) == (
        201,
        chain.assignments["other"],
        0,
    )
    again = chain.ask("hub_admin", "POST", f"{path}/hand-over", body)
    assert (again.status, again.json["code"]) == (409, "already_ended")
    end = {"on": "2024-03-01", "reason": "left"}
    after = chain.ask("hub_admin", "POST", f"assignments/{made.json['assignment_id']}/end", end)
    assert (after.status, after.json["lead_until"]) == (200, "2024-03-01")
    assert after.json["visits_without_lead"] == 0


def support(assignment_id: str, planned_at: str) -> dict[str, str]:
    return {"assignment_id": assignment_id, "planned_at": planned_at, "kind": "support"}


def test_stored_response_requires_current_access(chain: Chain) -> None:
    """Before: a PD lead was given the note for a day more, also when the school was another's by then."""
    plan = support(chain.assignments["first"], "2023-12-04T09:00:00Z")
    visit_id = chain.ask("Ada", "POST", "visits", plan, at=AUTUMN).json["visit_id"]
    log = {"happened_on": "2023-12-04", "half_days": 1, "note": NOTE}
    path = f"visits/{visit_id}/log"
    first = chain.ask("Ada", "POST", path, log, at="2023-12-04T15:00:00Z", Idempotency_Key="write up")
    assert (first.status, first.json["note"]) == (200, NOTE)
    again = chain.ask("Ada", "POST", path, log, at="2023-12-05T15:00:00Z", Idempotency_Key="write up")
    assert (again.status, again.body) == (200, first.body)
    late = chain.ask("Ada", "POST", path, log, at=WINTER, Idempotency_Key="write up")
    assert (late.status, late.json["code"]) == (403, "not_your_school")
    assert chain.ask("hub_lead", "GET", f"visits/{visit_id}", at=WINTER).json["note"] == NOTE


def test_stored_response_requires_the_original_roles(chain: Chain) -> None:
    plan = support(chain.assignments["second"], "2024-02-05T09:00:00Z")
    sent: dict[str, Any] = {"Hub_Time": WINTER, "Idempotency_Key": "plan it"}
    both, one = (chain.service.client(*roles) for roles in (("hub_admin", "hub_lead"), ("hub_admin",)))
    first = both("POST", "/visits/v1/visits", plan, **sent)
    assert first.status == 201, first.json
    refused = one("POST", "/visits/v1/visits", plan, **sent)
    assert (refused.status, refused.json["code"]) == (403, "answer_not_readable")
    assert both("POST", "/visits/v1/visits", plan, **sent).body == first.body
