"""The service as a process with a mail server: encrypted, signed in, and saying what is wrong."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from tests.notifications.certificates import ELSEWHERE, Authority
from tests.notifications.factories import group_opened, participant_enrolled
from tests.notifications.fakes import NOW
from tests.notifications.mail_server import NEVER, PASSWORD, USER, MailServer, mail_server
from tests.support.announcing import announce, own_user, set_up_publishers
from tests.support.broker import BrokerServer
from tests.support.postgres import PostgresServer
from tests.support.services import Client, RunningService, running_service
from tests.support.waiting import wait_until

from hub_local.places import ROOT
from hub_notifications.service import NotificationsService
from hub_platform.runner import migrations_of

SUMMARY = "/notifications/v1/summary"
TROUBLE = 'hub_mail_sender_trouble{{reason="{}"}}'


@pytest.fixture(name="authority")
def _authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.fixture(name="server")
def _server(authority: Authority) -> Iterator[MailServer]:
    with mail_server(authority.server(ELSEWHERE)) as server:
        server.wants_password = True
        yield server


@pytest.fixture(name="enrolment")
def _enrolment(amqp_uri: str) -> Iterator[None]:
    """A program that knows addresses."""
    stub = ROOT / "tests" / "notifications" / "enrolment_stub.py"
    command = [sys.executable, "-W", "ignore", str(stub), amqp_uri]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        yield
        process.kill()


@pytest.fixture(name="service")
def _service(
    postgres: PostgresServer,
    broker: BrokerServer,
    amqp_uri: str,
    tmp_path: Path,
    server: MailServer,
    authority: Authority,
) -> Iterator[RunningService]:
    set_up_publishers(amqp_uri, "enrolment", "visits")
    file = tmp_path / "smtp_ca.pem"
    file.write_text(authority.pem)
    with running_service(
        tmp_path,
        "notifications",
        ("hub_notifications",),
        database_url=postgres.migrated_database(migrations_of("hub_notifications")),
        amqp_uri=own_user(broker, amqp_uri, NotificationsService),
        HUB_SMTP_HOST="127.0.0.1",
        HUB_SMTP_PORT=str(server.port),
        HUB_SMTP_TLS="starttls",
        HUB_SMTP_USER=USER,
        HUB_SMTP_PASSWORD=PASSWORD,
        HUB_SMTP_CA_FILE=str(file),
        HUB_MAIL_FROM="hub@hub.example",
        HUB_ALLOW_HUB_TIME="1",  # a decent hour, by the events
    ) as service:
        yield service


@pytest.mark.usefixtures("enrolment")
def test_wrong_certificate_is_reported_to_operators_until_it_is_replaced(
    service: RunningService, server: MailServer, authority: Authority, amqp_uri: str
) -> None:
    wait_until(service.ready, deadline=30)
    announce(amqp_uri, group_opened(), participant_enrolled(), participant_enrolled(), at=NOW)
    notified = wait_until(lambda: details(service), deadline=30)
    assert "certificate is not valid" in notified["e-mail"]
    assert service.ready()
    assert service.metric(TROUBLE.format("certificate_not_valid")) == 1
    assert service.metric(TROUBLE.format("quota_exceeded")) == 0
    staff = service.client("hub_admin")
    assert staff("GET", SUMMARY).json["due"] == 2
    assert server.sign_ins == []

    service.stop()
    server.context = authority.server()
    service.start()  # tries at once

    wait_until(lambda: staff("GET", SUMMARY).json["sent"] == 2, deadline=30)
    assert len(server.mails) == 2
    assert server.sign_ins[-1] == (f"\0{USER}\0{PASSWORD}", True)
    assert not details(service)
    assert service.metric(TROUBLE.format("certificate_not_valid")) == 0
    for secret in (PASSWORD, "school.example"):
        assert secret not in service.log


@pytest.mark.usefixtures("enrolment")
def test_process_killed_before_the_reply_leaves_one_message_uncertain(
    service: RunningService, server: MailServer, authority: Authority, amqp_uri: str
) -> None:
    server.context, server.replies = authority.server(), {"body": NEVER}
    wait_until(service.ready, deadline=30)
    announce(amqp_uri, group_opened(), participant_enrolled(), participant_enrolled(), at=NOW)
    wait_until(lambda: server.mails, deadline=30)
    assert service.child is not None
    assert service.client("hub_admin")("GET", SUMMARY).status == 200  # it answers meanwhile
    service.child.stop(0)
    engine = sa.create_engine(service.environment["HUB_DATABASE_URL"], poolclass=sa.NullPool)
    with engine.connect() as connection:
        rows = connection.exec_driver_sql(
            "SELECT status, handed_over FROM messages ORDER BY handed_over"
        ).all()
    assert rows in ([("sending", False), ("sending", True)], [("due", False), ("sending", True)])
    assert len(server.mails) == 1


def details(service: RunningService) -> dict[str, str]:
    """Return the detail about e-mail in the readiness of the service."""
    notified: dict[str, str] = Client(service.port)("GET", "/notifications/health/ready").json.get(
        "details", {}
    )
    return notified


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({}, "HUB_MAIL_FROM"),
        ({"HUB_MAIL_FROM": "hub@hub.example", "HUB_SMTP_TLS": "none"}, "HUB_SMTP_TLS"),
    ],
)
def test_service_does_not_start_with_insecure_settings(
    postgres: PostgresServer, tmp_path: Path, settings: dict[str, str], says: str
) -> None:
    own = {
        "HUB_DATABASE_URL": postgres.migrated_database(migrations_of("hub_notifications")),
        "HUB_AMQP_URI": "amqp://guest:guest@127.0.0.1:1/",  # pragma: allowlist secret
        "HUB_TOKEN_PUBLIC_KEY": json.dumps({"kty": "OKP", "crv": "Ed25519", "x": "A" * 43}),
        "HUB_SMTP_HOST": "mail.example",
        "HUB_SMTP_USER": USER,
        "HUB_SMTP_PASSWORD": PASSWORD,
    }
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "hub_notifications", "run"],
        env=os.environ | own | settings,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=tmp_path,
    )
    assert done.returncode != 0
    assert says in done.stderr
    assert PASSWORD not in done.stderr + done.stdout
