"""Over HTTP: messages by person, by school and by subject, with enrolment there or away."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine
from sqlalchemy.orm import Session
from tests.notifications.enrolment_stub import LEFT, MERGED, THREAD, URN
from tests.notifications.rows import GRACE, Box
from tests.support.announcing import own_user, set_up_publishers
from tests.support.broker import BrokerServer
from tests.support.postgres import PostgresServer
from tests.support.services import Client, Reply, running_service
from tests.support.waiting import wait_until

from hub_local.places import ROOT
from hub_notifications.service import NotificationsService
from hub_platform.runner import migrations_of

V1 = "/notifications/v1"


@contextmanager
def enrolment(amqp_uri: str) -> Iterator[None]:
    stub = ROOT / "tests" / "notifications" / "enrolment_stub.py"
    command = [sys.executable, "-W", "ignore", str(stub), amqp_uri]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        yield
        process.kill()


def code(reply: Reply) -> tuple[int, str, list[str]]:
    return reply.status, reply.json["code"], [one["pointer"] for one in reply.json.get("errors", [])]


# Long: one process for all that it is asked.
def test_messages_are_listed_by_person_school_and_subject(
    postgres: PostgresServer, broker: BrokerServer, amqp_uri: str, tmp_path: Path
) -> None:
    set_up_publishers(amqp_uri, "enrolment", "visits")
    url = postgres.migrated_database(migrations_of("hub_notifications"))
    with Session(create_engine(url)) as session, session.begin():
        box = Box(session)
        box.put("left", to=LEFT, concerns=THREAD, status="sent")
        box.put("merged", to=MERGED, status="sent")
        box.put("bystander", to=GRACE, concerns=THREAD, status="sent")
    with running_service(
        tmp_path,
        "notifications",
        ("hub_notifications",),
        database_url=url,
        amqp_uri=own_user(broker, amqp_uri, NotificationsService),
        HUB_MAIL_DIR=str(tmp_path / "mail"),
        HUB_CONTACTS_SECONDS="2",
    ) as service:
        wait_until(service.ready, deadline=30)
        staff = service.client("hub_admin")

        def keys(query: str) -> list[str]:
            reply = staff("GET", f"{V1}/messages?{query}")
            assert reply.status == 200, reply.body
            return [item["dedupe_key"] for item in reply.json["items"]]

        with enrolment(amqp_uri):
            assert keys(f"recipient_ref={LEFT}") == ["left", "merged"]
            assert keys(f"recipient_ref={GRACE}") == ["bystander"]
            assert keys(f"urn={URN}") == ["left"]
            assert keys(f"urn={URN}&recipient_ref={GRACE}") == []
            assert keys("urn=980009") == []
        assert keys(f"concerns={THREAD}") == ["left", "bystander"]
        for query in (f"recipient_ref={LEFT}", f"urn={URN}"):
            away = staff("GET", f"{V1}/messages?{query}")
            assert (*code(away), away.headers["Retry-After"]) == (503, "enrolment_away", [], "10")
        refuses_what_is_malformed(staff)
        for role in ("work_group_lead", "pd_lead", "board", "subscriber"):
            assert code(service.client(role)("GET", f"{V1}/messages?urn={URN}"))[:2] == (403, "forbidden")


def refuses_what_is_malformed(staff: Client) -> None:
    for query, pointer in (
        ("recipient_ref=ada@school.example", "/recipient_ref"),
        ("urn=98001", "/urn"),
        ("concerns=work-groups/1", "/concerns"),
        ("to=2026-09-06&from=2026-09-07", "/to"),
        ("school=980001", "/school"),
    ):
        assert code(staff("GET", f"{V1}/messages?{query}")) == (400, "bad_parameter", [pointer])
