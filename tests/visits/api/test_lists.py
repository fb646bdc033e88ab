"""Over HTTP: visits by day, school, status and PD lead."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

import pytest
from tests.support.announcing import own_user, set_up_publishers
from tests.support.broker import BrokerServer
from tests.support.postgres import PostgresServer
from tests.support.services import Client, RunningService, running_service
from tests.visits import factories
from tests.visits.factories import OTHER_SCHOOL, SCHOOL, assigned, logged, planned

from hub_contracts.enrolment import SchoolClosed, SchoolSucceeded
from hub_platform.database import make_sessions
from hub_platform.runner import migrations_of
from hub_visits.handlers import calendars, schools
from hub_visits.service import VisitsService

LEAD, OTHER_LEAD = uuid4(), uuid4()
FORMER = "980077"  # the URN that the other school had until 2022
EVENING = datetime(2023, 9, 17, 22, 59, 59, tzinfo=UTC)  # 23:59:59 in England
MIDNIGHT = datetime(2023, 9, 17, 23, 0, tzinfo=UTC)  # where the 18th begins
LATER = datetime(2023, 10, 5, 9, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Planned:
    """A running service, and its visits by name."""

    service: RunningService
    names: dict[str, str]

    def listed(self, client: Client | None = None, **asked: Any) -> list[str]:
        """The names of the visits that a list gives."""
        reply = (client or self.service.client("hub_admin"))("GET", f"/visits/v1/visits?{urlencode(asked)}")
        assert reply.status == 200, reply.body
        assert not any({"note", "actions"} & item.keys() for item in reply.json["items"])
        return [self.names[item["visit_id"]] for item in reply.json["items"]]

    def lead(self, teacher_id: UUID) -> Client:
        """A PD lead's client."""
        token = self.service.keys.issue(str(teacher_id), ["pd_lead"], timedelta(hours=1))
        return Client(self.service.port, token)


def make_visits(url: str) -> dict[str, str]:
    """Plan visits of two PD leads to a school each; their names by id."""
    sessions = make_sessions(url)
    with sessions.begin() as session:
        command = factories.set_calendar()
        calendars.set_calendar(session, command, expected=0, now=factories.SEPTEMBER, by="admin")
        for urn in (SCHOOL, OTHER_SCHOOL):
            schools.on_school_changed(
                session, factories.delivered(factories.school_imported(urn=urn), 1), factories.CONTEXT
            )
        for event in (
            SchoolClosed(urn=FORMER, close_date=date(2022, 8, 31)),
            SchoolSucceeded(urn=FORMER, successor_urn=OTHER_SCHOOL, link_type="Successor"),
        ):
            factories.tell(session, event, 2)
        for lead_id in (LEAD, OTHER_LEAD):
            leader = factories.leader_appointed(teacher_id=lead_id, urn="110999")
            schools.on_leader_changed(session, factories.delivered(leader, 1))
    own = assigned(sessions, LEAD).id
    other = assigned(sessions, OTHER_LEAD, urn=OTHER_SCHOOL).id
    made = {
        "later": planned(sessions, own, at=LATER),
        "midnight": planned(sessions, own, at=MIDNIGHT),
        "evening": planned(sessions, own, at=EVENING),
        "other": planned(sessions, other, at=MIDNIGHT),
    }
    logged(sessions, made["midnight"].id, now=datetime(2023, 9, 18, 15, 0, tzinfo=UTC))
    return {str(visit.id): name for name, visit in made.items()}


@pytest.fixture(name="visits", scope="module")
def _visits(
    postgres: PostgresServer, broker: BrokerServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Planned]:
    amqp_uri = broker.new_vhost()
    set_up_publishers(amqp_uri, "enrolment")
    url = postgres.migrated_database(migrations_of("hub_visits"))
    names = make_visits(url)
    with running_service(
        tmp_path_factory.mktemp("visits"),
        "visits",
        ("hub_visits",),
        database_url=url,
        amqp_uri=own_user(broker, amqp_uri, VisitsService),
    ) as service:
        yield Planned(service, names)


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ({}, ["evening", "midnight", "other", "later"]),
        ({"to": "2023-09-17"}, ["evening"]),
        ({"from": "2023-09-18", "to": "2023-09-18"}, ["midnight", "other"]),
        ({"from": "2023-09-19"}, ["later"]),
        ({"urn": OTHER_SCHOOL}, ["other"]),
        ({"urn": FORMER}, ["other"]),
        ({"urn": "980009"}, []),
        ({"status": "logged"}, ["midnight"]),
        ({"status": "planned", "pd_lead_id": LEAD}, ["evening", "later"]),
        ({"half_term": "2023-1", "urn": SCHOOL}, ["evening", "midnight", "later"]),
        ({"kind": "observation"}, []),
    ],
)
def test_visits_are_listed_by_planned_time(visits: Planned, asked: dict[str, Any], names: list[str]) -> None:
    found = visits.listed(**asked)
    assert (set(found), len(found)) == (set(names), len(names))
    if "other" not in names:  # it is planned for the same instant as another
        assert found == names


def test_visits_of_one_instant_are_paged_without_gap_or_repeat(visits: Planned) -> None:
    admin = visits.service.client("hub_admin")
    first = admin("GET", "/visits/v1/visits?limit=2").json
    second = admin("GET", f"/visits/v1/visits?limit=2&after={first['next']}").json
    seen = [visits.names[item["visit_id"]] for item in (*first["items"], *second["items"])]
    assert (set(seen), seen[0], seen[-1]) == (set(visits.names.values()), "evening", "later")
    assert second["next"] is None


def test_a_pd_lead_lists_their_own_visits(visits: Planned) -> None:
    client = visits.lead(LEAD)
    assert visits.listed(client) == ["evening", "midnight", "later"]
    assert visits.listed(client, pd_lead_id=LEAD, to="2023-09-17") == ["evening"]
    assert visits.listed(client, pd_lead_id=OTHER_LEAD) == []
    assert visits.listed(client, urn=OTHER_SCHOOL) == []
    assert visits.service.client("board")("GET", "/visits/v1/visits").status == 403


@pytest.mark.parametrize("urn", [OTHER_SCHOOL, FORMER])
def test_obligations_are_listed_by_school(visits: Planned, urn: str) -> None:
    reply = visits.service.client("hub_admin")("GET", f"/visits/v1/obligations?urn={urn}")
    assert {(item["urn"], item["standing_urn"]) for item in reply.json["items"]} == {(OTHER_SCHOOL,) * 2}


@pytest.mark.parametrize("query", ["from=2023-09-19&to=2023-09-18", "status=held", "urn=1", "school=110623"])
def test_an_unknown_or_impossible_parameter_is_refused(visits: Planned, query: str) -> None:
    reply = visits.service.client("hub_admin")("GET", f"/visits/v1/visits?{query}")
    assert (reply.status, reply.json["code"]) == (400, "bad_parameter")
