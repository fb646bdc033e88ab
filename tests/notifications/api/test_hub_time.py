"""In a demonstration the sender goes by the hub's clock, which follows the events of the hub's services."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from tests.notifications.factories import group_opened, participant_enrolled, session_scheduled
from tests.notifications.fakes import NOW
from tests.support.announcing import announce, own_user, set_up_publishers
from tests.support.broker import BrokerServer
from tests.support.postgres import PostgresServer
from tests.support.services import Client, running_service
from tests.support.waiting import wait_until

from hub_local.places import ROOT
from hub_notifications.service import NotificationsService
from hub_platform.runner import migrations_of

CLOCK = "/notifications/v1/clock"


@pytest.fixture(name="enrolment")
def _enrolment(amqp_uri: str) -> Iterator[None]:
    stub = ROOT / "tests" / "notifications" / "enrolment_stub.py"
    command = [sys.executable, "-W", "ignore", str(stub), amqp_uri]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        yield
        process.kill()


def test_date_of_an_e_mail_is_hub_time(
    postgres: PostgresServer, broker: BrokerServer, amqp_uri: str, tmp_path: Path, enrolment: None
) -> None:
    mailbox = tmp_path / "mail"
    set_up_publishers(amqp_uri, "enrolment", "visits")
    with running_service(
        tmp_path,
        "notifications",
        ("hub_notifications",),
        database_url=postgres.migrated_database(migrations_of("hub_notifications")),
        amqp_uri=own_user(broker, amqp_uri, NotificationsService),
        HUB_MAIL_DIR=str(mailbox),
        HUB_ALLOW_HUB_TIME="1",
    ) as service:
        wait_until(service.ready, deadline=30)
        staff = service.client("hub_admin")
        announce(amqp_uri, group_opened(), session_scheduled(host_urn=None), participant_enrolled(), at=NOW)
        wait_until(lambda: list(mailbox.glob("*.eml")), deadline=20)
        [file] = mailbox.glob("*.eml")
        sent_at = message_from_bytes(file.read_bytes(), policy=policy.default)["Date"].datetime
        assert NOW <= sent_at < NOW + timedelta(minutes=1)

        later = NOW + timedelta(days=5)
        said = staff("GET", CLOCK, Hub_Time=later.isoformat()).json
        assert later <= datetime.fromisoformat(said["hub_time"]) < later + timedelta(minutes=1)
        wait_until(lambda: last_turn(staff) >= later, deadline=5)


def last_turn(staff: Client) -> datetime:
    return datetime.fromisoformat(staff("GET", CLOCK).json["timers"]["send_due"])
