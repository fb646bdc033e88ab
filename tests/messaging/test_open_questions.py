"""Questions that are open when the service stops or its broker goes, without a broker."""

import eventlet
import pytest
from eventlet.event import Event as Signal

from hub_messaging import asking
from hub_messaging.asking import Asking, BrokerAway, TooLate


@pytest.fixture(name="questions")
def _questions() -> Asking:
    return Asking("scales")


def open_question(questions: Asking, name: str) -> Signal:
    done = questions._open[name] = Signal()
    return done


def test_a_question_that_is_open_when_the_service_stops_is_too_late_after_a_while(
    questions: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "LEAVING_SECONDS", 0.01)
    done = open_question(questions, "one")
    questions._leave()
    assert not done.ready()
    with eventlet.Timeout(5), pytest.raises(TooLate):
        done.wait()
    assert questions.finished()


def test_every_open_question_is_told_when_the_broker_goes(questions: Asking) -> None:
    signals = [open_question(questions, name) for name in ("one", "two")]
    arrived = Signal()
    questions._ready.append(arrived)
    questions.lost()
    for done in signals:
        with pytest.raises(BrokerAway):
            done.wait()
    assert arrived.ready()
    assert (questions._open, questions._ready) == ({}, [])
