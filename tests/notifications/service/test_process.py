"""The service as a process: it starts without others, waits for enrolment, writes e-mails, answers."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from tests.notifications.factories import group_opened, participant_enrolled, place_offered, session_scheduled
from tests.notifications.fakes import NOW
from tests.support.announcing import announce, own_user, set_up_publishers
from tests.support.broker import BrokerServer
from tests.support.postgres import PostgresServer
from tests.support.services import Client, RunningService, running_service
from tests.support.waiting import wait_until

from hub_contracts.enrolment import ParticipantCompleted, PlaceOfferExpired
from hub_local.places import ROOT
from hub_notifications.domain.kinds import Kind
from hub_notifications.service import NotificationsService
from hub_platform.runner import migrations_of

MESSAGES = "/notifications/v1/messages"


@pytest.fixture(name="mailbox")
def _mailbox(tmp_path: Path) -> Path:
    return tmp_path / "mail"


@pytest.fixture(name="service")
def _service(
    postgres: PostgresServer, broker: BrokerServer, amqp_uri: str, tmp_path: Path, mailbox: Path
) -> Iterator[RunningService]:
    set_up_publishers(amqp_uri, "enrolment", "visits")
    with running_service(
        tmp_path,
        "notifications",
        ("hub_notifications",),
        database_url=postgres.migrated_database(migrations_of("hub_notifications")),
        amqp_uri=own_user(broker, amqp_uri, NotificationsService),
        HUB_MAIL_DIR=str(mailbox),
        HUB_CONTACTS_SECONDS="5",
        HUB_ALLOW_HUB_TIME="1",  # a decent hour, by the events
    ) as service:
        yield service


@pytest.fixture(name="enrolment")
def _enrolment(amqp_uri: str) -> Iterator[subprocess.Popen[bytes]]:
    """A stand-in for enrolment that returns addresses."""
    stub = ROOT / "tests" / "notifications" / "enrolment_stub.py"
    command = [sys.executable, "-W", "ignore", str(stub), amqp_uri]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        yield process
        process.kill()


def test_e_mails_are_sent_once_enrolment_is_available(
    service: RunningService, enrolment: subprocess.Popen[bytes], amqp_uri: str, mailbox: Path
) -> None:
    wait_until(service.ready, deadline=30)
    ada = participant_enrolled()
    announce(amqp_uri, group_opened(), session_scheduled(host_urn=None), ada, at=NOW)
    staff = service.client("hub_admin")
    wait_until(lambda: staff("GET", "/notifications/v1/summary").json["sent"] == 1, deadline=20)
    [file] = mailbox.glob("*.eml")
    mail = message_from_bytes(file.read_bytes(), policy=policy.default)
    assert mail["To"] == f"Ada Lovelace <{str(ada.teacher_id)[:8]}@school.example>"
    assert "text/calendar" in [part.get_content_type() for part in mail.walk()]
    [item] = staff("GET", f"{MESSAGES}?status=sent&template=place_confirmed").json["items"]
    assert (item["recipient_ref"], item["status"]) == (str(ada.teacher_id), "sent")
    assert "school.example" not in service.log
    wait_until(lambda: service.metric("hub_outbox_pending") == 0)
    again = staff("POST", f"{MESSAGES}/{item['message_id']}/resend")
    assert again.status == 201, again.json
    wait_until(lambda: staff("GET", again.headers["Location"]).json["status"] == "sent", deadline=20)
    assert len(list(mailbox.glob("*.eml"))) == 2
    assert staff("GET", again.headers["Location"]).json["resend_of"] == item["message_id"]


def test_offer_place_and_completion_are_each_notified(
    service: RunningService, enrolment: subprocess.Popen[bytes], amqp_uri: str
) -> None:
    wait_until(service.ready, deadline=30)
    staff = service.client("hub_admin")

    def sent() -> list[str]:
        return [each["template"] for each in staff("GET", f"{MESSAGES}?status=sent").json["items"]]

    now = NOW
    offer = place_offered(expires_at=now + timedelta(days=7))
    announce(amqp_uri, group_opened(), offer, at=now)
    wait_until(lambda: sent() == ["place_offered"], deadline=20)
    place = participant_enrolled(teacher_id=offer.teacher_id)
    announce(amqp_uri, place, at=now + timedelta(seconds=1))
    wait_until(lambda: sent() == ["place_offered", "place_confirmed"], deadline=20)
    done = ParticipantCompleted(
        enrolment_id=place.enrolment_id,
        work_group_id=place.work_group_id,
        teacher_id=place.teacher_id,
        urn=place.urn,
        completed_on=now.date(),
    )
    passed = PlaceOfferExpired(**asdict(place_offered(expires_at=now)))
    announce(amqp_uri, done, at=now, revision=2)
    announce(amqp_uri, passed, at=now)
    wait_until(lambda: sorted(sent()[2:]) == ["participant_completed", "place_offer_expired"], deadline=20)


def test_messages_wait_while_enrolment_is_not_available(
    service: RunningService, amqp_uri: str, mailbox: Path
) -> None:
    wait_until(service.ready, deadline=30)
    announce(amqp_uri, group_opened(), participant_enrolled(), at=NOW)
    staff = service.client("hub_lead")

    def waiting() -> Any:
        items = staff("GET", MESSAGES).json["items"]
        return items and items[0]["reason"]

    assert wait_until(waiting, deadline=20) == "contacts_away"
    summary = staff("GET", "/notifications/v1/summary").json
    assert summary == {"due": 1, "sending": 0, "sent": 0, "failed": 0, "suppressed": 0}
    item = staff("GET", MESSAGES).json["items"][0]
    assert item["attempts"] == 0
    assert staff("POST", f"{MESSAGES}/{item['message_id']}/resend").json["code"] == "still_due"
    assert list(mailbox.glob("*.eml")) == []


def test_the_service_starts_and_stops_without_a_broker(
    postgres: PostgresServer, tmp_path: Path, mailbox: Path
) -> None:
    with running_service(
        tmp_path,
        "notifications",
        ("hub_notifications",),
        database_url=postgres.migrated_database(migrations_of("hub_notifications")),
        amqp_uri="amqp://guest:guest@127.0.0.1:1/",  # pragma: allowlist secret
        HUB_MAIL_DIR=str(mailbox),
    ) as service:
        assert not service.ready()
        staff = service.client("hub_admin")
        assert staff("GET", "/notifications/v1/summary").status == 200
        service.stop(grace=10)
        assert service.child is not None
        assert service.child.has_ended


def test_templates_can_be_previewed(service: RunningService) -> None:
    staff = service.client("hub_admin")
    items = staff("GET", "/notifications/v1/templates").json["items"]
    assert [item["name"] for item in items] == sorted(Kind)
    given = {item["name"]: item["given"] for item in items}["visit_planned"]
    assert given == ["hub", "given", "entries", "school_name", "urn", "planned_at", "visit_kind"]
    for item in items:
        assert item["purpose"]
        preview = staff("GET", f"/notifications/v1/templates/{item['name']}/preview").json
        assert preview["subject"]
        assert preview["html"]
        assert preview["calendar"] is None  # a field of release 0
        assert preview["text"].startswith("Dear ") == (item["name"] != Kind.CALENDAR_ENTRY)
    reply = staff("GET", "/notifications/v1/templates/newsletter/preview")
    assert (reply.status, reply.json["code"]) == (404, "unknown_template")
    assert service.client("board")("GET", MESSAGES).status == 403
    assert Client(service.port)("GET", MESSAGES).status == 401
    assert staff("GET", f"{MESSAGES}/{uuid4()}").json["code"] == "unknown_message"
    assert staff("GET", f"{MESSAGES}?status=lost").status == 400
