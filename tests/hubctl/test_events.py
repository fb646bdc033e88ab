"""`hubctl events tail` on a real broker: what the log holds, each message shown as what it is."""

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.hubctl.conftest import Keeper, hubctl
from tests.hubctl.planned import SOURCE, record, visit
from tests.support.announcing import set_up_publishers

from hub_contracts.testing import body_of, make
from hub_contracts.visits import VisitLogged
from hub_messaging import outbox
from hub_messaging.publisher import ConfirmedPublisher
from hub_messaging.wire import connected
from hubctl import events as tailing

# A test run in the background ignores Ctrl-C, and so would the command.
AT_A_TERMINAL = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)
from hubctl.app import app
app()
"""


@pytest.fixture(name="log")
def _log(hub: Keeper, amqp_uri: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A broker with an event log, whose administrator a file names."""
    (tmp_path / "uri").write_text(amqp_uri)
    monkeypatch.setenv("HUB_BROKER_ADMIN_URI_FILE", str(tmp_path / "uri"))
    set_up_publishers(amqp_uri, "visits", "enrolment", "reporting")
    return amqp_uri


def relay(keeper: Keeper, uri: str, exchange: str = "visits.events") -> None:
    with keeper.database.begin() as session, connected(uri) as connection:
        waiting = outbox.unpublished(session, SOURCE, 5000)
        ConfirmedPublisher(connection, exchange).publish([event for _, event in waiting])
        outbox.mark_published(session, [position for position, _ in waiting])


def send(uri: str, body: bytes, exchange: str = "visits.events", key: str = "VisitLogged") -> None:
    with connected(uri) as connection, connection.channel() as channel:
        channel.basic_publish(channel.prepare_message(body), exchange=exchange, routing_key=key)


def tail(*arguments: str) -> list[dict[str, Any]]:
    said = hubctl("events", "tail", "--json", *arguments)
    assert said.err == ""
    return [json.loads(line) for line in said.out.splitlines()]


def test_tail_shows_the_newest_events_in_order(
    hub: Keeper, log: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tailing, "FIRST_WINDOW", 3)  # so that several windows are read
    ids = record(hub, 30)
    relay(hub, log)
    for number in (1, 7, 20):
        assert [line["event"]["id"] for line in tail("--last", str(number))] == ids[-number:]
    assert [line["event"]["id"] for line in tail("--since", "beginning")] == ids
    first = tail("--since", "2025-01-01T00:00")[0]
    assert first["offset"] == 0
    assert (first["verdict"], first["exchange"], first["says"]) == ("event", "visits.events", None)
    said = hubctl("events", "tail", "-n", "1")
    assert said.out.split()[2:] == ["VisitPlanned", f"visits/{visit(29)}", "#1", ids[-1]]


def test_tail_shows_what_was_asked_for(hub: Keeper, log: str) -> None:
    record(hub, 2)
    relay(hub, log)
    logged = make(VisitLogged, visit_id=visit(0))
    send(log, body_of(logged, revision=2))
    assert len(tail("--type", "VisitLogged")) == len(tail("--subject", f"visits/{visit(1)}")) == 1
    assert len(tail("--subject", logged.subject)) == 2
    assert len(tail("--publisher", "visits", "--type", "VisitLogged", "--type", "VisitPlanned")) == 3
    assert tail("--publisher", "enrolment") == []
    assert hubctl("events", "tail", "--publisher", "enrolment").code == 1
    assert {line["routing_key"] for line in tail("--marks")} == {"VisitPlanned", "VisitLogged", "LogMark"}
    assert tail("--last", "0") == []


def test_tail_judges_each_message(hub: Keeper, log: str) -> None:
    """Whatever stands in the log is shown as what it is."""
    logged = make(VisitLogged)
    send(log, body_of(logged, source=SOURCE))
    send(log, body_of(logged, source="/hubs/test/enrolment"))
    send(log, body_of(logged, source=SOURCE), exchange="enrolment.events")
    send(log, body_of(logged, source=SOURCE, dataschema="/schemas/VisitLogged/7"))
    send(log, body_of(logged, source=SOURCE, data={"urn": "1"}))
    send(log, b"\x1b[2J{")
    send(log, b"\xff{}")
    send(log, body_of(make("LogMark")), exchange="enrolment.events", key="LogMark")
    lines = tail("--marks", "--since", "beginning")
    verdicts = ["event", "forged", "forged", "unknown", "invalid", "unreadable", "unreadable", "forged"]
    assert [line["verdict"] for line in lines][: len(verdicts)] == verdicts
    assert lines[6] | {"offset": 0} == {
        "offset": 0,
        "exchange": "visits.events",
        "routing_key": "VisitLogged",
        "verdict": "unreadable",
        "says": "not UTF-8 from byte 1 on",
        "event": None,
        "hex": "ff7b7d",
    }
    said = hubctl("events", "tail").out
    assert "\x1b" not in said
    assert "forged: came through enrolment.events" in said
    assert "invalid: data of VisitLogged is invalid: " in said


def test_tail_follows_until_it_is_interrupted(hub: Keeper, log: str) -> None:
    (earlier,) = record(hub)
    relay(hub, log)
    command = [sys.executable, "-W", "ignore", "-c", AT_A_TERMINAL, "events", "tail", "--follow", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as following:
        try:
            assert following.stdout is not None
            assert json.loads(following.stdout.readline())["event"]["id"] == earlier
            send(log, body_of(make(VisitLogged), source=SOURCE))
            assert json.loads(following.stdout.readline())["routing_key"] == "VisitLogged"
            following.send_signal(signal.SIGINT)
            out, err = following.communicate(timeout=60)
        finally:
            following.kill()
    assert (following.returncode, out, err) == (0, "", "")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--type", "VisitLoged"), "There is no event 'VisitLoged'; the closest: VisitLogged"),
        (("--publisher", "post"), "There is no service 'post'"),
        (("--since", "yesterday"), "not 'yesterday'"),
        (("--since", "2999-01-01"), "is in the future"),
    ],
)
def test_tail_refuses_what_makes_no_sense(
    hub: Keeper, arguments: tuple[str, ...], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUB_BROKER_ADMIN_URI", "amqp://user:x@127.0.0.1:1/")  # pragma: allowlist secret
    refused = hubctl("events", "tail", *arguments)
    assert (refused.code, said in refused.err) == (2, True)


def test_tail_says_when_there_is_no_log_or_no_broker(
    hub: Keeper, log: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with connected(log) as connection:
        connection.channel().queue_delete("hub.log")
    said = hubctl("events", "tail")
    assert (said.code, "hub.log" in said.err, "hubctl log status" in said.err) == (1, True, True)
    monkeypatch.setenv("HUB_BROKER_ADMIN_URI", "amqp://user:x@127.0.0.1:1/")  # pragma: allowlist secret
    monkeypatch.delenv("HUB_BROKER_ADMIN_URI_FILE")
    said = hubctl("events", "tail")
    assert (said.code, said.err.startswith("RabbitMQ does not answer")) == (1, True)
