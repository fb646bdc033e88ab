"""Findings of `hubctl doctor` about subscribers: the rules, and a check of a real broker."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from tests.hubctl.subscribing import management
from tests.support.amqp import connected
from tests.support.announcing import set_up_publishers
from tests.support.broker import BrokerServer

from hub_messaging.subscribers import lifecycle
from hub_messaging.subscribers.broker import Management
from hub_messaging.subscribers.limits import MEBIBYTE, Limits
from hub_messaging.subscribers.queue_status import Age, SubscriberStatus
from hub_messaging.subscribers.state import RegisteredSubscriber
from hubctl import subscriber_findings
from hubctl.diagnosis import Grade
from hubctl.subscriber_findings import missing_types, of_subscriber

DAY = 24 * 60 * 60
KNOWN = RegisteredSubscriber(
    name="warehouse",
    asked=("visits",),
    events={"visits": ("VisitLogged", "VisitPlanned")},
    since="now",
    added_at=datetime(2026, 11, 1, tzinfo=UTC),
    added_by="ada",
)
WELL = SubscriberStatus(
    known=KNOWN,
    exists=True,
    limits=Limits(),
    messages=3,
    consumers=1,
    oldest=Age(seconds=5, exact=True),
    last_read=Age(seconds=2, exact=True),
)


def ago(seconds: float) -> Age:
    return Age(seconds=seconds, exact=True)


def test_one_that_reads_is_well() -> None:
    (found,) = of_subscriber(WELL)
    assert found.grade is Grade.WELL
    assert found.says == "3 events wait, last read 2 s ago."


@pytest.mark.parametrize(
    ("seen", "grade", "said"),
    [
        (replace(WELL, exists=False), Grade.WRONG, "queue is missing"),
        (replace(WELL, unbound=("VisitLogged",)), Grade.WRONG, "no longer receives 1 type of event"),
        (replace(WELL, may_read=False), Grade.WRONG, "hubctl subscribers rotate warehouse"),
        (replace(WELL, messages=200_000), Grade.WRONG, "queue is full"),
        (replace(WELL, size=256 * MEBIBYTE), Grade.WRONG, "queue is full"),
        (replace(WELL, messages=160_000), Grade.NOTE, "80% of its limit"),
        (replace(WELL, oldest=ago(8 * DAY)), Grade.NOTE, "waited for 8 days, and is dropped after 14"),
        (replace(WELL, consumers=0, last_read=None), Grade.NOTE, "it has no reader"),
        (replace(WELL, last_read=ago(2 * DAY), oldest=ago(2 * DAY)), Grade.NOTE, "1 reader and acknowledges"),
        (replace(WELL, dead=1), Grade.NOTE, "1 event is in its dead-letter queue"),
    ],
)
def test_each_thing_that_is_not_well_is_a_sentence(seen: SubscriberStatus, grade: Grade, said: str) -> None:
    (found,) = of_subscriber(seen)
    assert (found.grade, said in found.says) == (grade, True), found.says


@pytest.mark.parametrize(
    "seen",
    [
        replace(WELL, messages=0, oldest=None, consumers=0, last_read=None),  # nothing has come yet
        replace(WELL, consumers=0, last_read=ago(3600)),  # reads once in a while
        replace(WELL, last_read=None, oldest=ago(60)),  # has begun to read
        replace(WELL, messages=159_000),
        replace(WELL, oldest=ago(6 * DAY), last_read=ago(60)),
    ],
)
def test_what_is_no_trouble_is_not_reported(seen: SubscriberStatus) -> None:
    assert [found.grade for found in of_subscriber(seen)] == [Grade.WELL]


def test_types_of_a_later_release_are_named_for_subscribers_of_a_publisher() -> None:
    catalogue = {"visits": ["VisitLogged", "VisitPlanned", "VisitCancelled", "VisitLogged.v2"]}
    assert missing_types(WELL, catalogue) == 2
    assert missing_types(replace(WELL, known=replace(KNOWN, asked=("VisitLogged",))), catalogue) == 0
    assert missing_types(replace(WELL, known=replace(KNOWN, asked=("Forgotten",))), catalogue) == 0
    assert "2 types more" in [found.says for found in of_subscriber(WELL, 2)][-1]


@pytest.fixture(name="hub")
def _hub(amqp_uri: str, broker: BrokerServer) -> Management:
    set_up_publishers(amqp_uri, "visits")
    return management(broker, amqp_uri)


def said(hub: Management) -> dict[str, str]:
    return {found.part: found.says for found in subscriber_findings.look(hub)}


def test_a_broker_without_subscribers_has_none_to_report(hub: Management) -> None:
    assert said(hub) == {}


def test_what_was_taken_from_a_subscriber_is_found_and_made_again(hub: Management, amqp_uri: str) -> None:
    known = replace(KNOWN, asked=("VisitLogged", "VisitPlanned"))
    lifecycle.add(amqp_uri, hub, known, Limits())
    try:
        assert said(hub) == {"the subscriber warehouse": "0 events wait, not read yet."}
        hub.unbind("subscriber.warehouse", {"visits": ["VisitLogged"]})
        assert (
            "no longer receives 1 type of event, such as VisitLogged" in said(hub)["the subscriber warehouse"]
        )
        lifecycle.change(amqp_uri, hub, known, None, events=known.events)
        hub.put(
            "permissions",
            hub.vhost,
            "subscriber.warehouse",
            body=dict.fromkeys(("configure", "write", "read"), ".*"),
        )
        assert "has other permissions" in said(hub)["the subscriber warehouse"]
        lifecycle.rotate(amqp_uri, hub, "warehouse", by="ada", now=KNOWN.added_at)
        assert "0 events wait" in said(hub)["the subscriber warehouse"]
        with connected(amqp_uri) as connection:
            connection.channel().queue_delete("subscriber.warehouse")
        assert "queue is missing" in said(hub)["the subscriber warehouse"]
    finally:
        lifecycle.remove(amqp_uri, hub, "warehouse")


def test_queues_that_an_interrupted_command_left_are_named(hub: Management, amqp_uri: str) -> None:
    hub.declare_queue("subscriber.trust.live", {"x-queue-type": "quorum"})
    assert "hubctl subscribers remove trust" in said(hub)["the subscriber trust"]
    assert lifecycle.remove(amqp_uri, hub, "trust")
    assert said(hub) == {}


def test_a_broker_that_is_away_is_a_note(hub: Management) -> None:
    (found,) = subscriber_findings.look(replace(hub, addresses=("http://127.0.0.1:9",)))
    assert found.grade is Grade.NOTE
