"""Enrolment reacts to nothing that it cannot live without: it takes commands while the broker is away."""

from pathlib import Path

from tests.enrolment.conftest import MIGRATIONS
from tests.enrolment.desk import Desk, leader_body
from tests.support.postgres import PostgresServer
from tests.support.services import free_port, running_service

from hub_enrolment.service import EnrolmentService
from hub_messaging.subscribe import subscriber_of


def test_enrolment_starts_and_takes_commands_with_the_broker_away(
    postgres: PostgresServer, tmp_path: Path
) -> None:
    assert subscriber_of(EnrolmentService).listens_to
    with running_service(
        tmp_path,
        "enrolment",
        ("hub_enrolment",),
        database_url=postgres.migrated_database(MIGRATIONS),
        amqp_uri=f"amqp://hub@127.0.0.1:{free_port()}/hub",
        HUB_ALLOW_HUB_TIME="1",
    ) as service:
        desk = Desk(service.client("hub_admin"))
        role = desk.made("leaders", leader_body(desk.teacher(desk.schools()[0]), role="pd_lead"))
        ended = desk.made(f"leaders/{role['leader_role_id']}/end", {"ends_on": "2025-12-31"})
        assert (ended["ends_on"], ended["still_assigned"]) == ("2025-12-31", None)
        assert not service.ready()
