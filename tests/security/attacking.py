"""Two services of a hub with broker users of their own, and an attacker who has the password of `visits`."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import amqp
import sqlalchemy as sa
from tests.support.amqp import connected
from tests.support.announcing import own_user, set_up_publishers
from tests.support.broker import BrokerServer
from tests.support.postgres import PostgresServer
from tests.support.services import RunningService, running_service
from tests.support.waiting import wait_until
from uuid_utils.compat import uuid7

from hub_contracts import Event
from hub_contracts.enrolment import LeaderAppointed, SchoolImported
from hub_contracts.vocabulary import LeaderRole, Phase, SchoolStatus
from hub_local.places import ROOT
from hub_messaging.envelope import CONTENT_TYPE, Envelope
from hub_messaging.tables import inbox
from hub_messaging.topology import exchange_of, source_of
from hub_notifications.service import NotificationsService
from hub_platform.database import Sessions, make_sessions
from hub_platform.runner import migrations_of
from hub_reporting.service import ReportingService
from hub_visits.service import VisitsService

AT = datetime(2026, 9, 7, 9, tzinfo=UTC)  # a Monday morning, when e-mails are sent
BOUND = "VisitPlanned"  # a routing key by which visits' exchange leads into both queues
FEDERATED = "/hubs/oxford/visits=oxford.visits.events"
LEADERSHIP = "/reporting/v1/reports/leadership-spread?from=2026-09-01&to=2027-08-31"


def leader(teacher_id: UUID, urn: str = "110001") -> LeaderAppointed:
    """A teacher of the hub's leadership team."""
    return LeaderAppointed(
        leader_role_id=uuid4(),
        teacher_id=teacher_id,
        role=LeaderRole.AMHL,
        urn=urn,
        core_leadership=True,
        starts_on=date(2026, 9, 1),
    )


def school(urn: str) -> SchoolImported:
    """A school for both services."""
    return SchoolImported(
        urn=urn,
        name=f"School {urn}",
        la_code="873",
        la_name="Cambridgeshire",
        district_code="E07000012",
        district_name="South Cambridgeshire",
        phase=Phase.PRIMARY,
        type_code=1,
        type_group=4,
        eligible=True,
        status=SchoolStatus.OPEN,
        easting=545_000,
        northing=258_000,
    )


def envelope(event: Event, revision: int = 1, *, publisher: str = "", **changes: Any) -> Envelope:
    """The event as its publisher, or another one, would send it."""
    said = Envelope(
        id=uuid7(),
        source=source_of("test", publisher or event.publisher),
        type=event.type,
        version=1,
        subject=event.subject,
        revision=revision,
        time=AT,
        data=event.to_data(),
    )
    return said._replace(**changes)


def send(uri: str, body: bytes, exchange: str, key: str, **properties: Any) -> None:
    """Publish as the user of a connection.

    Raises:
        amqp.exceptions.AMQPError: the broker refuses.
    """
    with connected(uri) as connection:
        message = amqp.Message(body, content_type=CONTENT_TYPE, delivery_mode=2, **properties)
        connection.channel().basic_publish(message, exchange=exchange, routing_key=key)


@dataclass(frozen=True)
class Attacked:
    """The hub under attack: its services and two users of its broker."""

    admin: str  # URI of the broker's administrator
    visits: str  # URI of the broker user of visits
    reporting: RunningService
    notifications: RunningService
    databases: dict[str, Sessions]
    mailbox: Path

    def publish(self, *said: Envelope) -> None:
        """Let publishers send events."""
        for one in said:
            exchange = exchange_of(one.source.rpartition("/")[2])
            send(self.admin, one.to_bytes(), exchange, one.type)

    def forge(self, *said: Envelope | bytes, key: str = BOUND, **properties: Any) -> None:
        """Let the user of visits send them through its own exchange."""
        for one in said:
            body = one if isinstance(one, bytes) else one.to_bytes()
            named = {} if isinstance(one, bytes) else {"type": one.type}  # as the relay would
            send(self.visits, body, exchange_of("visits"), key, **named, **properties)

    def settle(self) -> None:
        """Wait until both services have dealt with all that was sent before."""
        last = envelope(school(str(uuid4().int)[:6]))
        self.publish(last)
        wait_until(lambda: all(self.knows(name, last) for name in self.databases), deadline=30)

    def knows(self, service: str, said: Envelope) -> bool:
        """Whether an event has taken effect in a service."""
        named = (inbox.c.source == said.source, inbox.c.event_id == str(said.id), inbox.c.state == "done")
        with self.databases[service]() as session:
            return session.scalar(sa.select(sa.func.count()).where(*named)) == 1

    def parked(self, service: str) -> list[str]:
        """Why deliveries are parked, oldest first."""
        wanted = sa.select(inbox.c.last_error).where(inbox.c.state == "parked").order_by(inbox.c.arrival)
        with self.databases[service]() as session:
            return [str(error) for error in session.scalars(wanted)]

    def leaders(self) -> int:
        """The leadership figure."""
        report = self.reporting.client("hub_lead")("GET", LEADERSHIP).json
        return int(report["figures"]["leaders"])

    def told(self, teacher_id: UUID) -> list[str]:
        """The subjects of what notifications has written or will write to a teacher."""
        items = self.notifications.client("hub_admin")("GET", "/notifications/v1/messages").json["items"]
        return [one["template"] for one in items if one["recipient_ref"] == str(teacher_id)]

    def rebuild(self) -> dict[str, Any]:
        """Rebuild reporting's read models from the log; return the last line of the command, parsed."""
        command = ["-m", "hub_reporting", "rebuild", "--json", "--by", "ada", "--why", "a test"]
        done = subprocess.run(
            [sys.executable, "-W", "ignore", *command],
            env=dict(self.reporting.environment),
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return answer


def forged_since(hub: Attacked, attack: Callable[[], None], *services: str) -> list[str]:
    """Return the errors that an attack added to the parked deliveries; assert that all are forgeries."""
    before = {name: len(hub.parked(name)) for name in services}
    attack()
    hub.settle()
    added = [error for name in services for error in hub.parked(name)[before[name] :]]
    assert all(error.startswith("Forged: ") for error in added), added
    return added


@contextmanager
def attacked_hub(postgres: PostgresServer, broker: BrokerServer, folder: Path) -> Iterator[Attacked]:
    """Start reporting and notifications, and publish two schools to both."""
    uri = broker.new_vhost()
    set_up_publishers(uri, "enrolment", "visits", "notifications", "reporting")
    visits = own_user(broker, uri, VisitsService)
    urls = {name: postgres.migrated_database(migrations_of(f"hub_{name}")) for name in USERS}
    settings: dict[str, dict[str, Any]] = {
        "notifications": {"HUB_MAIL_DIR": str(folder / "mail"), "HUB_ALLOW_HUB_TIME": "1"},
        "reporting": {"HUB_ALLOW_HUB_TIME": "1", "HUB_FOREIGN_SOURCES": FEDERATED},
    }
    with ExitStack() as stack:
        stack.enter_context(_addresses(uri))
        running = {
            name: stack.enter_context(
                running_service(
                    folder / name,
                    name,
                    (f"hub_{name}",),
                    database_url=urls[name],
                    amqp_uri=own_user(broker, uri, service_class),
                    **settings[name],
                )
            )
            for name, service_class in USERS.items()
        }
        for service in running.values():
            wait_until(service.ready, deadline=30)
        hub = Attacked(
            uri,
            visits,
            running["reporting"],
            running["notifications"],
            {name: make_sessions(url) for name, url in urls.items()},
            folder / "mail",
        )
        hub.publish(envelope(school("110001")), envelope(school("110002")))
        hub.settle()
        yield hub
    broker.drop_vhost(uri)


USERS: dict[str, type] = {"reporting": ReportingService, "notifications": NotificationsService}


@contextmanager
def _addresses(uri: str) -> Iterator[None]:
    """Enrolment's answers about addresses, from a program of the tests."""
    stub = ROOT / "tests" / "notifications" / "enrolment_stub.py"
    command = [sys.executable, "-W", "ignore", str(stub), uri]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        try:
            yield
        finally:
            process.kill()
