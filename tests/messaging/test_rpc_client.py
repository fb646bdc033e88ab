"""A service that asks: an answer within its time, or the reason why there is none; on real RabbitMQ."""

import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from inquiries.service import SECRET, ClerkService
from tests.messaging.conftest import MIGRATIONS, Scales
from tests.messaging.posting import queue
from tests.support.announcing import own_user
from tests.support.audited import rows
from tests.support.broker import BrokerServer
from tests.support.pipe import Pipe, piped
from tests.support.postgres import PostgresServer
from tests.support.services import Client, RunningService, running_service
from tests.support.waiting import wait_until

ASKED_SECONDS = 2.0  # the time limit of the clerk's requests
AT_ONCE = 1.0  # seconds; much less than that, on a busy machine too


def running_clerk(folder: Path, postgres: PostgresServer, uri: str) -> AbstractContextManager[RunningService]:
    return running_service(
        folder,
        "clerk",
        ("inquiries", "clerk"),
        database_url=postgres.migrated_database(MIGRATIONS),
        amqp_uri=uri,
    )


@pytest.fixture(name="clerk", scope="module")
def _clerk(
    scales: Scales, broker: BrokerServer, postgres: PostgresServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningService]:
    """Start it as a user who may do what it needs and nothing else."""
    uri = own_user(broker, scales.uri, ClerkService)
    with running_clerk(tmp_path_factory.mktemp("clerk"), postgres, uri) as service:
        yield service


def ask(clerk: RunningService, method: str, argument: Any) -> Any:
    return Client(clerk.port)("GET", f"/clerk/v1/ask/{method}/{argument}").json


def test_an_answer_is_given(clerk: RunningService) -> None:
    assert ask(clerk, "weigh", 7)["answer"] == {"number": 7.0, "unit": "g"}


def test_a_question_names_the_service_that_asks(clerk: RunningService, scales: Scales) -> None:
    assert "answer" in ask(clerk, "senders", "ada")
    assert rows(scales.url, route="scales.senders")[-1]["account"].startswith("clerk-")


def test_an_error_is_reported_by_class_and_code(clerk: RunningService) -> None:
    for method, error, code in (
        ("fail", "RuntimeError", None),
        ("refuse", "Refused", "too_heavy"),
        ("no_such_method", "MethodNotFound", "unknown_method"),
    ):
        said = ask(clerk, method, "secret")
        assert (said["unanswered"], said["error"], said["code"]) == ("RpcError", error, code)
    assert SECRET not in clerk.log


def test_many_questions_are_asked_at_once(clerk: RunningService) -> None:
    with ThreadPoolExecutor(8) as pool:
        began = time.monotonic()
        answers = list(pool.map(lambda _: ask(clerk, "weigh_slowly", 1.0), range(8)))
        assert [one.get("answer") for one in answers] == ["done"] * 8
        assert time.monotonic() - began < 8.0


def test_an_answer_that_is_late_is_not_waited_for_and_the_next_one_comes(clerk: RunningService) -> None:
    said = ask(clerk, "weigh_slowly", 4.0)
    assert said["unanswered"] == "RpcTimeout"
    assert ASKED_SECONDS <= said["seconds"] < ASKED_SECONDS + AT_ONCE
    assert ask(clerk, "weigh", 8)["answer"]["number"] == 8.0


def test_a_request_past_its_time_limit_leaves_the_queue(clerk: RunningService, scales: Scales) -> None:
    scales.service.stop()
    assert ask(clerk, "weigh", 1)["unanswered"] == "RpcTimeout"
    wait_until(lambda: queue(scales.uri, "scales.rpc")[0] == 0)
    scales.service.start()
    wait_until(lambda: "answer" in ask(clerk, "weigh", 1))


def test_a_request_without_a_service_fails_at_once(
    broker: BrokerServer, postgres: PostgresServer, amqp_uri: str, tmp_path: Path
) -> None:
    with running_clerk(tmp_path, postgres, own_user(broker, amqp_uri, ClerkService)) as lonely:
        wait_until(lambda: ask(lonely, "weigh", 1)["unanswered"] == "NoSuchService")
        said = ask(lonely, "weigh", 1)
        assert said["unanswered"] == "NoSuchService"
        assert said["seconds"] < AT_ONCE


def test_a_broker_that_is_away_is_noticed_and_found_again(
    scales: Scales, broker: BrokerServer, postgres: PostgresServer, tmp_path: Path
) -> None:
    uri = own_user(broker, scales.uri, ClerkService)
    with piped(uri) as (pipe, through), running_clerk(tmp_path, postgres, through) as clerk:
        assert wait_until(lambda: ask(clerk, "weigh", 1).get("answer"))
        pipe.close()
        wait_until(lambda: ask(clerk, "weigh", 1).get("unanswered") == "BrokerUnavailable")
        said = ask(clerk, "weigh", 1)
        assert said["unanswered"] == "BrokerUnavailable"
        assert said["seconds"] < AT_ONCE
        again = Pipe((broker.host, broker.port), pipe.port)
        try:
            wait_until(lambda: ask(clerk, "weigh", 1).get("answer"))
        finally:
            again.close()


def test_a_question_in_hand_does_not_keep_the_process(
    scales: Scales, broker: BrokerServer, postgres: PostgresServer, tmp_path: Path
) -> None:
    with (
        running_clerk(tmp_path, postgres, own_user(broker, scales.uri, ClerkService)) as clerk,
        ThreadPoolExecutor(1) as pool,
    ):
        wait_until(lambda: ask(clerk, "weigh", 1).get("answer"))
        waiting = pool.submit(ask, clerk, "weigh_slowly", 1.5)
        wait_until(lambda: not waiting.done())
        assert clerk.child is not None
        clerk.child.process.send_signal(signal.SIGTERM)
        assert clerk.child.process.wait(10) == 0
        waiting.exception()  # answered or cut: no caller waits on
