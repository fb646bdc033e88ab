"""Over HTTP: hand-overs and ends, who reads notes and plans visits after them, and the lists."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from tests.support.announcing import own_user, set_up_publishers
from tests.support.broker import BrokerServer
from tests.support.postgres import PostgresServer
from tests.support.services import Client, Reply, RunningService, running_service
from tests.visits import factories
from tests.visits.factories import OTHER_SCHOOL, SCHOOL, assigned, ended, handed_over, logged, planned

from hub_platform.database import make_sessions
from hub_platform.runner import migrations_of
from hub_visits.commands import ExcuseHalfTerm
from hub_visits.handlers import calendars, obligations, schools
from hub_visits.service import VisitsService

ADA, BEN, CAT = uuid4(), uuid4(), uuid4()
LEADS = {"Ada": ADA, "Ben": BEN, "Cat": CAT}
NOTE = "A calm, purposeful morning."
MARCH = datetime(2024, 3, 5, 9, 0, tzinfo=UTC)
MAY = datetime(2024, 5, 20, 9, 0, tzinfo=UTC)
AUTUMN, WINTER, SPRING = "2023-12-01T09:00:00Z", "2024-01-20T09:00:00Z", "2024-04-20T09:00:00Z"


@dataclass(frozen=True)
class Chain:
    """A service with a school that Ada led, then Ben from 8 January, then Cat from 1 March to 1 May."""

    service: RunningService
    assignments: dict[str, str]
    visits: dict[str, str]

    def ask(self, who: str, method: str, path: str, body: Any = None, *, at: str = WINTER) -> Reply:
        """Ask as a PD lead, by name, or as hub staff, by role."""
        client = self.service.client(who) if who not in LEADS else None
        if client is None:
            token = self.service.keys.issue(str(LEADS[who]), ["pd_lead"], timedelta(hours=1))
            client = Client(self.service.port, token)
        return client(method, f"/visits/v1/{path}", body, Hub_Time=at)


def make_chain(url: str) -> tuple[dict[str, str], dict[str, str]]:
    """Assign, hand over twice, end; with a visit that each lead has logged or planned."""
    sessions = make_sessions(url)
    now = factories.SEPTEMBER
    with sessions.begin() as session:
        calendars.set_calendar(session, factories.set_calendar(), expected=0, now=now, by="admin")
        for urn in (SCHOOL, OTHER_SCHOOL):
            factories.tell(session, factories.school_imported(urn=urn), 1)
        for lead_id in LEADS.values():
            leader = factories.leader_appointed(teacher_id=lead_id, urn="110999")
            schools.on_leader_told(session, leader, revision=1)
    first = assigned(sessions, ADA)
    visit = planned(sessions, first.id)
    logged(sessions, visit.id, now=datetime(2023, 9, 18, 15, 0, tzinfo=UTC))
    spring, summer = planned(sessions, first.id, at=MARCH), planned(sessions, first.id, at=MAY)
    second = handed_over(sessions, first.id, BEN).row
    january = planned(sessions, second.id, at=datetime(2024, 1, 15, 9, 0, tzinfo=UTC))
    held: dict[str, Any] = {"now": datetime(2024, 1, 15, 15, 0, tzinfo=UTC), "happened_on": date(2024, 1, 15)}
    logged(sessions, january.id, actions=[], **held)
    third = handed_over(sessions, second.id, CAT, on=date(2024, 3, 1)).row
    ended(sessions, third.id, on=date(2024, 5, 1))
    other = assigned(sessions, ADA, urn=OTHER_SCHOOL, programme="tfm_support")
    with sessions.begin() as session:
        for urn in (SCHOOL, OTHER_SCHOOL):
            command = ExcuseHalfTerm(urn=urn, half_term="2023-3", kind="visit", reason="snow")
            obligations.excuse_half_term(session, command, now=now, by="admin")
    names = {"first": first.id, "second": second.id, "third": third.id, "other": other.id}
    visits = {"autumn": visit.id, "january": january.id, "spring": spring.id, "summer": summer.id}
    return {n: str(i) for n, i in names.items()}, {n: str(i) for n, i in visits.items()}


@pytest.fixture(name="chain", scope="module")
def _chain(
    postgres: PostgresServer, broker: BrokerServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Chain]:
    amqp_uri = broker.new_vhost()
    set_up_publishers(amqp_uri, "enrolment")
    url = postgres.migrated_database(migrations_of("hub_visits"))
    assignments, visits = make_chain(url)
    with running_service(
        tmp_path_factory.mktemp("visits"),
        "visits",
        ("hub_visits",),
        database_url=url,
        amqp_uri=own_user(broker, amqp_uri, VisitsService),
        HUB_ALLOW_HUB_TIME="1",
    ) as service:
        yield Chain(service, assignments, visits)


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
        (AUTUMN, "Ben", {"january"}),  # who takes a school up sees what is planned for then
        (AUTUMN, "Cat", {"spring", "summer"}),
        (WINTER, "Ada", set()),
        (WINTER, "Ben", {"autumn", "january"}),
        (SPRING, "Cat", {"autumn", "january", "spring", "summer"}),
        (SPRING, "Ben", set()),
        ("2024-05-02T09:00:00Z", "Cat", set()),
    ],
)
def test_a_pd_lead_lists_and_reads_the_visits_that_are_entrusted_to_them(
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


def test_a_hand_over_answers_with_the_assignment_that_follows(chain: Chain) -> None:
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
