"""A running visits service with a school that three people have led, one after another."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

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

ADA, BEN, CAT = (uuid5(NAMESPACE_URL, name) for name in ("Ada", "Ben", "Cat"))  # parameters of tests
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

    def ask(
        self, who: str, method: str, path: str, body: Any = None, *, at: str = WINTER, **headers: str
    ) -> Reply:
        """Ask as a PD lead, by name, or as hub staff, by role."""
        client = self.service.client(who) if who not in LEADS else None
        if client is None:
            token = self.service.keys.issue(str(LEADS[who]), ["pd_lead"], timedelta(hours=1))
            client = Client(self.service.port, token)
        return client(method, f"/visits/v1/{path}", body, Hub_Time=at, **headers)


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
            schools.on_leader_changed(session, factories.delivered(leader, 1))
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


@contextmanager
def running_chain(postgres: PostgresServer, broker: BrokerServer, folder: Path) -> Iterator[Chain]:
    """Run visits over such a database."""
    amqp_uri = broker.new_vhost()
    set_up_publishers(amqp_uri, "enrolment")
    url = postgres.migrated_database(migrations_of("hub_visits"))
    assignments, visits = make_chain(url)
    with running_service(
        folder,
        "visits",
        ("hub_visits",),
        database_url=url,
        amqp_uri=own_user(broker, amqp_uri, VisitsService),
        HUB_ALLOW_HUB_TIME="1",
    ) as service:
        yield Chain(service, assignments, visits)
