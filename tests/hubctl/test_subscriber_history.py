"""`hubctl subscribers add --from …`: the queue holds history before the password is shown."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from tests.hubctl.conftest import Keeper, Said, hubctl
from tests.hubctl.publishing import EVENTS, delete_log, publish
from tests.hubctl.subscribing import management, reading
from tests.support.announcing import set_up_publishers
from tests.support.broker import BrokerServer
from tests.support.taking import take_all

from hub_messaging.event_log import LogSilent
from hub_messaging.gate import Occupied
from hub_messaging.publisher import Unconfirmed
from hub_messaging.subscribers import lifecycle
from hub_messaging.subscribers.broker import Management
from hub_messaging.subscribers.queue_filling import TooFast, TooMuch
from hub_platform.database import Sessions

ADD = ("subscribers", "add", "warehouse", "--by", "ada", "--events", "VisitPlanned")


@pytest.fixture(name="hub")
def _hub(
    visits: Keeper, amqp_uri: str, broker: BrokerServer, monkeypatch: pytest.MonkeyPatch, no_hub: None
) -> Iterator[Sessions]:
    """A hub of one service; names of subscribers are given out once in a broker."""
    monkeypatch.setattr("hubctl.log.SERVICES", ("visits",))
    monkeypatch.setenv("HUB_BROKER_ADMIN_URI", amqp_uri)
    monkeypatch.setenv("HUB_BROKER_MANAGEMENT_URL", f"http://{broker.host}:{broker.management_port}")
    monkeypatch.setenv("HUB_ID", "test")
    set_up_publishers(amqp_uri, "visits")
    yield visits.database
    lifecycle.clear(management(broker, amqp_uri), "warehouse")


@pytest.fixture(name="rabbit")
def _rabbit(broker: BrokerServer, amqp_uri: str) -> Management:
    return management(broker, amqp_uri)


def queues(rabbit: Management) -> list[str]:
    listed = rabbit.get("queues", rabbit.vhost)
    return [one["name"] for one in listed if one["name"].startswith("subscriber.")]


def taken(connection: dict[str, Any]) -> list[tuple[str, bool]]:
    """Subject of each event that waits, and whether it is marked as replayed."""
    with reading(connection) as opened:
        messages = take_all(opened.channel(), connection["queue"])
    headers = [one.properties.get("application_headers", {}) for one in messages]
    subjects = [json.loads(one.body)["subject"] for one in messages]
    return [(subject, one.get("replayed", False)) for subject, one in zip(subjects, headers, strict=True)]


def test_history_waits_in_the_queue_and_live_events_follow_it(hub: Sessions, amqp_uri: str) -> None:
    publish(hub, amqp_uri)
    connection = hubctl(*ADD, "--from", "beginning", "--json").json
    history = connection["history"]
    assert (history["events"], history["live"], history["gaps"]) == (EVENTS, 0, [])
    publish(hub, amqp_uri, first=EVENTS)
    assert taken(connection) == [(f"visits/{n}", n < EVENTS) for n in range(2 * EVENTS)]


def test_the_back_fill_is_reported_on_standard_error(hub: Sessions, amqp_uri: str) -> None:
    publish(hub, amqp_uri)
    said = hubctl(*ADD, "--from", "2020-01-01")
    assert f"{EVENTS} events of history are in the queue" in said.err
    assert said.out.startswith("export HUB_EVENTS_URI=")
    assert "history" not in said.out


def test_a_log_that_was_cut_off_is_said_and_the_outbox_may_reach_further(
    hub: Sessions, amqp_uri: str
) -> None:
    publish(hub, amqp_uri)
    delete_log(amqp_uri)
    set_up_publishers(amqp_uri, "visits")
    publish(hub, amqp_uri, first=EVENTS)
    said = hubctl(*ADD, "--from", "beginning")
    assert said.code == 0
    assert f"History lacks {EVENTS} published events: {EVENTS} VisitPlanned." in said.err
    assert "--from-outboxes may reach further" in said.err
    hubctl("subscribers", "remove", "warehouse", "--yes")
    connection = hubctl(*ADD, "--from", "beginning", "--from-outboxes", "--json").json
    assert (connection["history"]["events"], connection["history"]["gaps"]) == (2 * EVENTS, [])


def test_without_a_log_the_remedy_is_said_and_nothing_stays(
    hub: Sessions, rabbit: Management, amqp_uri: str
) -> None:
    delete_log(amqp_uri)
    said = hubctl(*ADD, "--from", "beginning")
    assert said.code == 1
    assert "no event log hub.log" in said.err
    assert "hubctl log restore" in said.err
    assert queues(rabbit) == []


@pytest.mark.parametrize(
    ("failure", "words"),
    [
        (TooMuch(), "--max-messages"),
        (TooFast(), "when fewer events"),
        (Occupied("visits"), "the relay of visits"),
        (LogSilent(), "Try again"),
        (Unconfirmed("3 not confirmed"), "3 not confirmed"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_cannot_be_filled_is_one_sentence_and_nothing_stays(
    hub: Sessions,
    rabbit: Management,
    monkeypatch: pytest.MonkeyPatch,
    failure: Exception,
    words: str,
) -> None:
    def fail(*_args: object, **_more: object) -> None:
        raise failure

    monkeypatch.setattr("hub_messaging.subscribers.history_fill.fill", fail)
    said: Said = hubctl(*ADD, "--from", "beginning")
    assert said.code == 1
    assert said.err.startswith("No subscriber was added: ")
    assert words in said.err
    assert queues(rabbit) == []


def test_options_that_do_not_go_together_are_refused(hub: Sessions, rabbit: Management) -> None:
    said = hubctl(*ADD, "--from-outboxes")
    assert (said.code, "--from beginning" in said.err) == (2, True)
    assert queues(rabbit) == []


def test_history_needs_the_databases_of_publishers(
    hub: Sessions, rabbit: Management, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hubctl.log.SERVICES", ("visits", "enrolment"))
    monkeypatch.delenv("HUB_ENROLMENT_DATABASE_URL", raising=False)
    said = hubctl(*ADD, "--from", "beginning")
    assert (said.code, "HUB_ENROLMENT_DATABASE_URL" in said.err) == (2, True)
    assert queues(rabbit) == []
