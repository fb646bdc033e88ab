"""The four services with some records each, and their OpenAPI descriptions."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack

import pytest
from tests.enrolment.desk import Desk
from tests.interfaces.known import Known, e_mails, make_groups, plan_a_visit, reports
from tests.support.broker import BrokerServer
from tests.support.postgres import PostgresServer
from tests.support.services import RunningService, running_service
from tests.support.waiting import wait_until

from hub_platform.runner import migrations_of

SERVICES = ("enrolment", "visits", "notifications", "reporting")  # in the order in which they need each other

Running = Mapping[str, RunningService]


@pytest.fixture(name="running", scope="package")
def _running(
    postgres: PostgresServer, broker: BrokerServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Running]:
    """Run the services without request limits."""
    amqp_uri = broker.new_vhost()
    with ExitStack() as stack:
        yield {
            name: stack.enter_context(
                running_service(
                    tmp_path_factory.mktemp(name),
                    name,
                    (f"hub_{name}",),
                    database_url=postgres.migrated_database(migrations_of(f"hub_{name}")),
                    amqp_uri=amqp_uri,
                    HUB_ALLOW_HUB_TIME="1",
                    HUB_MAIL_DIR=str(tmp_path_factory.mktemp("mail")),
                )
            )
            for name in SERVICES
        }


@pytest.fixture(name="known", scope="package")
def _known(running: Running) -> Mapping[str, Known]:
    """Make a little of everything, and say what there is."""
    staff = {name: service.client("hub_admin") for name, service in running.items()}
    for service in running.values():
        wait_until(service.ready, deadline=30)
    desk = Desk(staff["enrolment"])
    groups = make_groups(desk)
    return {
        "enrolment": groups,
        "visits": plan_a_visit(desk, staff["visits"], groups),
        "notifications": e_mails(staff["notifications"]),
        "reporting": reports(staff["reporting"]),
    }
