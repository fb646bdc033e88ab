"""Questions that are open when the service stops or its broker goes, without a broker."""

import eventlet
import pytest
from eventlet.event import Event as Signal

from hub_messaging import rpc_client
from hub_messaging.rpc_client import BrokerUnavailable, RpcClient, RpcTimeout


@pytest.fixture(name="questions")
def _questions() -> RpcClient:
    return RpcClient("scales")


def open_question(questions: RpcClient, name: str) -> Signal:
    done = questions._open[name] = Signal()
    return done


def test_a_question_that_is_open_when_the_service_stops_is_too_late_after_a_while(
    questions: RpcClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rpc_client, "LEAVING_SECONDS", 0.01)
    done = open_question(questions, "one")
    questions._leave()
    assert not done.ready()
    with eventlet.Timeout(5), pytest.raises(RpcTimeout):
        done.wait()
    assert questions.finished()


def test_every_open_request_fails_when_the_broker_becomes_unavailable(questions: RpcClient) -> None:
    signals = [open_question(questions, name) for name in ("one", "two")]
    arrived = Signal()
    questions._ready.append(arrived)
    questions.lost()
    for done in signals:
        with pytest.raises(BrokerUnavailable):
            done.wait()
    assert arrived.ready()
    assert (questions._open, questions._ready) == ({}, [])
