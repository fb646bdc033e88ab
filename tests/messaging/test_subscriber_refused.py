"""A subscriber that cannot be added with history: the reason is reported, and no part of it stays."""

from typing import Any

import pytest
import sqlalchemy as sa
from tests.messaging.office import PUBLISHERS
from tests.messaging.subscribing import NAME, Outside
from tests.support.announcing import set_up_publishers

from hub_messaging import gate
from hub_messaging.event_log import Unbound
from hub_messaging.gate import Occupied
from hub_messaging.publisher import Unconfirmed
from hub_messaging.subscribers import history_fill, queue_filling
from hub_messaging.subscribers.limits import Limits
from hub_messaging.subscribers.naming import live_queue_of, queue_of
from hub_messaging.subscribers.queue_filling import QueueFiller, TooFast, TooMuch
from hub_messaging.wire import Missing

END_OTHERS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE pid <> pg_backend_pid() AND datname = current_database()
"""


def test_more_than_the_queue_may_hold_is_refused_and_nothing_stays(outside: Outside) -> None:
    outside.office.publish("sorting", 9)
    for limits in (Limits(messages=8), Limits(size=1000)):
        outside.limits = limits
        with pytest.raises(TooMuch):
            outside.add()
        assert outside.things_left() == []
    outside.limits = Limits(messages=9)
    assert outside.add().events == 9


def test_without_a_log_nothing_is_made(outside: Outside) -> None:
    outside.office.delete_log()
    with pytest.raises(Missing):
        outside.add()
    assert outside.things_left() == []
    set_up_publishers(outside.office.uri, *PUBLISHERS)
    outside.office.administrate(lambda channel: channel.queue_unbind("hub.log", "counting.events", "#"))
    with pytest.raises(Unbound):
        outside.add()
    assert outside.things_left() == []


def test_a_relay_that_does_not_give_way_ends_it_and_nothing_stays(
    outside: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As one does that waits for the broker's confirm."""
    monkeypatch.setattr(history_fill, "TRIES", 2)
    monkeypatch.setattr(gate, "TAKE_SECONDS", 0.1)
    with outside.office.engines["sorting"].connect() as relay_:
        relay_.execute(sa.text("SELECT pg_advisory_lock_shared(:key)"), {"key": gate.KEY})
        with pytest.raises(Occupied, match="sorting"):
            outside.add()
    assert outside.things_left() == []
    outside.add()


def test_a_gate_that_is_lost_in_the_switch_ends_it_and_nothing_stays(
    outside: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A holder that was halted may have been overtaken by a relay."""
    binds = history_fill.bind

    def halted(connection: Any, queue: str, bindings: Any) -> None:
        binds(connection, queue, bindings)
        if queue == queue_of(NAME):
            with outside.office.engines["sorting"].connect() as other:
                other.exec_driver_sql(END_OTHERS)

    outside.office.publish("sorting", 3)
    with monkeypatch.context() as patched:
        patched.setattr(history_fill, "bind", halted)
        with pytest.raises(sa.exc.DBAPIError):
            outside.add()
    assert outside.things_left() == []
    assert outside.add().events == 3


def test_a_queue_of_live_events_that_is_deleted_meanwhile_ends_it(
    outside: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = QueueFiller.write

    def write_and_delete(self: QueueFiller, events: Any, *, replayed: bool) -> None:
        write(self, events, replayed=replayed)
        outside.office.administrate(lambda channel: channel.queue_delete(live_queue_of(NAME)))

    outside.office.publish("sorting", 3)
    with monkeypatch.context() as patched:
        patched.setattr(QueueFiller, "write", write_and_delete)
        with pytest.raises((OSError, Unconfirmed)):  # whichever the broker tells first
            outside.add()
    assert outside.things_left() == []


def test_events_that_come_faster_than_they_are_written_end_it_and_nothing_stays(
    outside: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Relays are not held back for long, however much is left."""
    office = outside.office
    bind = history_fill.bind

    def bind_and_publish(connection: Any, queue: str, bindings: Any) -> None:
        bind(connection, queue, bindings)
        office.publish("sorting", 30)

    with monkeypatch.context() as patched:
        patched.setattr(history_fill, "bind", bind_and_publish)
        patched.setattr(history_fill, "HOLD_SECONDS", -1.0)
        patched.setattr(queue_filling, "BATCH", 5)
        patched.setattr(history_fill.Filling, "_write_live", lambda *_: 0)
        with pytest.raises(TooFast):
            outside.add()
    assert outside.things_left() == []
    assert outside.add().events == 30
