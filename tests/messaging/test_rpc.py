"""Questions between services, answered whatever they look like, asked with a deadline; on real RabbitMQ.

`scales` answers and `clerk` asks; nameko's own client asks too, for what travels is nameko's.
"""

import json
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import amqp
import pytest
from inquiries.service import SECRET
from nameko.exceptions import IncorrectSignature, MethodNotFound, RemoteError
from nameko.standalone.rpc import ClusterRpcProxy
from tests.messaging.conftest import Scales
from tests.messaging.posting import JSON, queue
from tests.support.amqp import connected
from tests.support.audited import rows, unwritable
from tests.support.waiting import wait_until

EXCHANGE = "nameko-rpc"
GOOD = b'{"args": [1], "kwargs": {}}'
HOOKS = ("get_dependency", "worker_setup", "worker_result", "worker_teardown")
CANNOT_BE_READ = {
    "not text": b"\xff\xfe",
    "not JSON": b"{",
    "empty": b"",
    "too deep": b"[" * 100_000,
    "a list": b"[]",
    "no arguments": b'{"kwargs": {}}',
    "arguments that are no list": b'{"args": 7, "kwargs": {}}',
    "names that are no object": b'{"args": [], "kwargs": [1]}',
}


class NotText(str):
    """Goes out as bytes that are no UTF-8."""

    __slots__ = ()

    def encode(self, *_: Any) -> bytes:
        return b"\xff\xfe"


def user_name(uri: str) -> str:
    return str(urlsplit(uri).username)


def put(uri: str, method: str, body: bytes, *, sent: list[str] | None = None, **properties: Any) -> Any:
    """Put a question by hand and give the answer's body; None when it has no address to answer to."""
    with connected(uri) as connection:
        channel = connection.channel()
        own = channel.queue_declare("", exclusive=True).queue
        channel.queue_bind(own, EXCHANGE, own)
        answers: list[Any] = []
        channel.basic_consume(own, no_ack=True, callback=answers.append)
        known = {"reply_to": own, "correlation_id": "q", "content_type": JSON, "content_encoding": "utf-8"}
        question = amqp.Message(body, **{k: v for k, v in (known | properties).items() if v is not None})
        channel.basic_publish(question, EXCHANGE, f"scales.{method}")
        if sent is not None:
            sent.append(method)
        if properties.get("reply_to", own) != own:
            return None
        wait_until(lambda: answers or (connection.drain_events(timeout=10), False)[1])
    assert answers[0].properties["correlation_id"] == "q"
    return json.loads(answers[0].body)


def asking(scales: Scales, timeout: float = 10) -> ClusterRpcProxy:
    return ClusterRpcProxy({"AMQP_URI": scales.uri}, timeout=timeout)


@pytest.fixture(name="scales_as_before")
def _scales_as_before(scales: Scales) -> Any:
    """Check after a test that the same process goes on, and that it has acknowledged everything."""
    pid = scales.pid
    yield scales
    wait_until(lambda: queue(scales.uri, "scales.rpc") == (0, 1))
    wait_until(scales.service.ready)
    assert scales.pid == pid
    assert put(scales.uri, "weigh", GOOD)["error"] is None
    assert SECRET not in scales.service.log


def test_namekos_own_client_is_answered(scales_as_before: Scales) -> None:
    with asking(scales_as_before) as proxy:
        assert proxy.scales.weigh(7) == {"number": 7, "unit": "g"}
        assert proxy.scales.weigh(number=7, unit="kg") == {"number": 7, "unit": "kg"}


@pytest.mark.parametrize("body", CANNOT_BE_READ.values(), ids=CANNOT_BE_READ)
def test_a_question_that_cannot_be_read_is_answered_with_an_error(
    scales_as_before: Scales, body: bytes
) -> None:
    said = put(scales_as_before.uri, "weigh", body)
    assert said["result"] is None
    assert said["error"]["exc_path"] == "nameko.exceptions.MalformedRequest"
    assert said["error"]["value"] in {"undecodable", "malformed"}


def test_pickles_are_not_opened(scales_as_before: Scales) -> None:
    said = put(
        scales_as_before.uri, "weigh", b"cos\nabort\n(tR.", content_type="application/x-python-serialize"
    )
    assert said["error"]["value"] == "undecodable"


@pytest.mark.parametrize("stack", [7, "x", [1, {"a": b"\xff"}]], ids=repr)
def test_headers_of_any_shape_change_nothing(scales_as_before: Scales, stack: Any) -> None:
    headers = {"nameko.call_id_stack": stack, "nameko.x": b"\xff"}
    said = put(scales_as_before.uri, "weigh", GOOD, application_headers=headers)
    assert said == {"result": {"number": 1, "unit": "g"}, "error": None}


@pytest.mark.parametrize("reply_to", [None, NotText("x"), "unknown"], ids=["none", "not text", "unknown"])
def test_a_question_without_an_address_to_answer_to_is_put_away(
    scales_as_before: Scales, reply_to: str | None
) -> None:
    assert put(scales_as_before.uri, "weigh", GOOD, reply_to=reply_to) is None


def test_a_recorded_question_says_who_asked_for_what(scales_as_before: Scales) -> None:
    named, number = str(uuid4()), len(rows(scales_as_before.url))
    question = json.dumps({"args": [[named]], "kwargs": {"reason": SECRET}}).encode()
    for user in (None, user_name(scales_as_before.uri)):
        assert put(scales_as_before.uri, "senders", question, user_id=user)["result"] == {named: SECRET}
    assert put(scales_as_before.uri, "senders", b'{"args": [], "kwargs": {}}')["error"] is not None
    written = rows(scales_as_before.url)[number:]
    assert [row["account"] for row in written] == ["unknown service", user_name(scales_as_before.uri)]
    for row in written:
        assert (row["method"], row["route"], row["outcome"]) == ("RPC", "scales.senders", "done")
        assert (row["subjects"], row["address"]) == ({"parcel_id": [named]}, None)
        assert SECRET not in str(row)


def test_a_question_that_cannot_be_recorded_gets_an_error_for_an_answer(scales_as_before: Scales) -> None:
    with unwritable(scales_as_before.url):
        said = put(scales_as_before.uri, "senders", b'{"args": [["x"]], "kwargs": {}}')
    assert said == {"result": None, "error": said["error"]}
    assert said["error"]["exc_type"] == "IntegrityError"


def test_namekos_own_client_learns_what_was_wrong_with_its_question(scales_as_before: Scales) -> None:
    with asking(scales_as_before) as proxy:
        with pytest.raises(MethodNotFound, match="unknown_method"):
            proxy.scales.tick()
        with pytest.raises(IncorrectSignature, match="wrong_arguments"):
            proxy.scales.weigh(1, 2, 3)
        with pytest.raises(IncorrectSignature, match="wrong_arguments"):
            proxy.scales.weigh(**{SECRET: 1})


def test_an_error_is_reported_by_its_class_or_code_and_never_by_its_text(scales_as_before: Scales) -> None:
    with asking(scales_as_before) as proxy:
        for ask, error, value in (
            (lambda: proxy.scales.fail(SECRET), "RuntimeError", "RuntimeError"),
            (lambda: proxy.scales.refuse(SECRET), "Refused", "too_heavy"),
            (proxy.scales.give_a_thing, "UnserializableValueError", "UnserializableValueError"),
        ):
            with pytest.raises(RemoteError) as raised:
                ask()
            assert (raised.value.exc_type, raised.value.value) == (error, value)


@pytest.mark.parametrize("hook", HOOKS)
def test_a_dependency_that_raises_is_answered_as_an_error(scales_as_before: Scales, hook: str) -> None:
    with asking(scales_as_before) as proxy, pytest.raises(RemoteError) as raised:
        proxy.scales.with_hook(hook)
    assert raised.value.value == "RuntimeError"


def test_questions_are_answered_side_by_side(scales_as_before: Scales) -> None:
    with asking(scales_as_before) as proxy:
        began = time.monotonic()
        slow = [proxy.scales.weigh_slowly.call_async(2.0) for _ in range(5)]
        assert proxy.scales.weigh(1)["number"] == 1
        assert time.monotonic() - began < 2.0, "answered while the others take their time"
        assert [one.result() for one in slow] == ["done"] * 5
        assert time.monotonic() - began < 8.0


def test_a_question_that_misses_heartbeats_is_answered_once_the_broker_is_back(
    scales_as_before: Scales,
) -> None:
    lost = scales_as_before.service.log.count("connection_lost")
    with asking(scales_as_before, timeout=30) as proxy:
        began = time.monotonic()
        assert proxy.scales.weigh_stubbornly(7.0) == "done"
        assert time.monotonic() - began < 14.0, "it was busy once"
    assert scales_as_before.service.log.count("connection_lost") > lost


def test_what_was_asked_before_sigterm_is_answered_and_not_asked_again(scales: Scales) -> None:
    sent: list[str] = []

    def ask_slowly(number: int) -> Any:
        body = b'{"args": [1.0], "kwargs": {}}'
        return put(scales.uri, "weigh_slowly", body, sent=sent)

    with ThreadPoolExecutor(3) as pool:
        waiting = [pool.submit(ask_slowly, number) for number in range(3)]
        wait_until(lambda: len(sent) == 3 and queue(scales.uri, "scales.rpc") == (0, 1))
        assert scales.service.child is not None
        scales.service.child.process.send_signal(signal.SIGTERM)
        assert [one.result()["result"] for one in waiting] == ["done"] * 3
    assert scales.service.child.process.wait(10) == 0
    assert queue(scales.uri, "scales.rpc") == (0, 0)
    scales.service.start()
    wait_until(scales.service.ready)
