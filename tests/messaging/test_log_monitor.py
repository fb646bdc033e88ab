"""Whether the event log still holds what a publisher sends: seen without false alarm, told in words."""

from typing import Any

import pytest
import sqlalchemy as sa
from prometheus_client import CollectorRegistry
from sqlalchemy.orm import Session, sessionmaker
from tests.messaging.received import delivery
from tests.support.announcing import set_up_publishers

from hub_messaging import log_monitor
from hub_messaging.log_monitor import LogMonitor, Remembered, remember, remembered
from hub_messaging.metrics import PublishingMetrics
from hub_messaging.publisher import ConfirmedPublisher
from hub_messaging.tables import outbox_counts
from hub_messaging.topology import MARK
from hub_messaging.wire import connected

Database = sessionmaker[Session]


class Watched:
    """A publisher's log, and what is done to it."""

    def __init__(self, uri: str, database: Database) -> None:
        self.uri = uri
        self.database = database
        self.sent = 0
        set_up_publishers(uri, "sorting")
        self.start()

    def start(self) -> None:
        """As a process does."""
        self.registry = CollectorRegistry()
        gauge = PublishingMetrics(self.registry, self.database).log_trouble
        self.watch = LogMonitor("sorting", self.uri, self.database, gauge)

    def publish(self, count: int) -> None:
        """As the relay does: what is confirmed is counted."""
        with connected(self.uri) as connection:
            publisher = ConfirmedPublisher(connection, "sorting.events")
            publisher.publish([delivery(self.sent + n).envelope.posted() for n in range(1, count + 1)])
        self.sent += count
        with self.database.begin() as session:
            session.execute(sa.delete(outbox_counts))
            session.execute(sa.insert(outbox_counts).values(routing_key="ParcelSorted", published=self.sent))

    def lose(self, count: int) -> None:
        """Publish what reaches a queue and not the log."""
        self.unbind()
        self.publish(count)
        self.bind()

    def administrate(self, act: Any) -> None:
        """Do something to the broker."""
        with connected(self.uri) as connection:
            act(connection.channel())

    def unbind(self) -> None:
        """Let events bypass the log."""
        self.administrate(lambda channel: channel.queue_unbind("hub.log", "sorting.events", "#"))

    def bind(self) -> None:
        """Reset the patched names."""
        self.administrate(lambda channel: channel.queue_bind("hub.log", "sorting.events", "#"))

    def delete(self) -> None:
        """Delete the log."""
        self.administrate(lambda channel: channel.queue_delete("hub.log"))

    def look(self, times: int = 1) -> str | None:
        """Return the findings of a number of due checks."""
        for _ in range(times):
            self.watch._due = 0.0
            self.watch.look_when_due(lambda: False)
        return self.watch.trouble

    @property
    def marks(self) -> int:
        """The newest mark's offset."""
        with self.database() as session:
            return remembered(session).mark_offset


@pytest.fixture(name="watched")
def _watched(amqp_uri: str, database: Database, monkeypatch: pytest.MonkeyPatch) -> Watched:
    monkeypatch.setattr(log_monitor, "LATE_SECONDS", 2.0)
    watched = Watched(amqp_uri, database)
    watched.administrate(bind_other_subscriber)
    return watched


@pytest.fixture(name="marks_received", params=[True, False], ids=["marks received", "marks for the log only"])
def _marks_received(watched: Watched, request: pytest.FixtureRequest) -> None:
    """Bind a subscriber to marks as well, so that one is routed although the log is not bound."""
    if request.param:
        watched.administrate(lambda channel: channel.queue_bind("subscribed", "sorting.events", MARK))


def bind_other_subscriber(channel: Any) -> None:
    """Bind another subscriber to the events."""
    channel.queue_declare("subscribed", durable=True, auto_delete=False)
    channel.queue_bind("subscribed", "sorting.events", "ParcelSorted")


def test_a_fresh_log_is_well_and_so_is_one_that_grows(watched: Watched) -> None:
    assert watched.look(2) is None
    watched.publish(7)
    assert watched.look(2) is None
    watched.start()
    assert watched.look(2) is None
    assert watched.watch.detail is None


def test_while_nothing_is_published_no_mark_is_added(watched: Watched) -> None:
    watched.publish(1)
    watched.look()
    marked = watched.marks
    assert watched.look(3) is None
    assert watched.marks == marked
    watched.publish(1)
    watched.look()
    assert watched.marks == marked + 2


@pytest.mark.parametrize(("harm", "reason"), [("unbind", "unbound"), ("delete", "missing")])
@pytest.mark.usefixtures("marks_received")
def test_harm_is_seen_at_the_second_look_and_told(watched: Watched, harm: str, reason: str) -> None:
    watched.publish(1)
    watched.look()
    getattr(watched, harm)()
    watched.publish(1)
    assert watched.look() is None, "a broker that starts may be half there"
    assert watched.look() == reason
    assert "hubctl log restore" in str(watched.watch.detail)
    assert watched.registry.get_sample_value("hub_event_log_trouble", {"reason": reason}) == 1
    with watched.database() as session:
        assert remembered(session).trouble == reason


def test_a_log_that_is_bound_again_is_well_only_when_nothing_has_bypassed_it(watched: Watched) -> None:
    watched.publish(3)
    watched.look()
    watched.unbind()
    watched.start()
    assert watched.look(2) == "unbound"
    watched.bind()
    assert watched.look() is None
    watched.lose(2)
    assert watched.look(2) == "behind"


def test_what_bypassed_the_log_between_two_looks_is_noticed(watched: Watched) -> None:
    watched.publish(3)
    watched.look()
    watched.publish(5)
    watched.lose(1)
    watched.publish(5)
    assert watched.look(2) == "behind"
    watched.start()
    assert watched.look(2) == "behind", "until it is restored"


def test_a_log_recreated_between_two_checks_is_behind(watched: Watched) -> None:
    watched.publish(3)
    watched.look()
    watched.delete()
    set_up_publishers(watched.uri, "sorting")
    assert watched.look(2) == "behind"


def test_a_log_of_a_new_broker_is_behind_when_much_was_published_before(watched: Watched) -> None:
    watched.publish(5)
    watched.delete()
    set_up_publishers(watched.uri, "sorting")
    assert watched.look(2) == "behind"


def test_repeats_and_other_publishers_are_no_alarm_and_hide_no_loss(watched: Watched) -> None:
    set_up_publishers(watched.uri, "counting")
    watched.publish(2)
    watched.look()
    watched.publish(2)
    with connected(watched.uri) as connection:
        ConfirmedPublisher(connection, "sorting.events").publish([delivery(1).envelope.posted()])
        ConfirmedPublisher(connection, "counting.events").publish([delivery(9).envelope.posted()] * 20)
    assert watched.look(2) is None
    watched.lose(1)
    with connected(watched.uri) as connection:
        ConfirmedPublisher(connection, "counting.events").publish([delivery(9).envelope.posted()] * 20)
    assert watched.look(2) == "behind"


def test_of_many_messages_only_the_number_is_seen(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_monitor, "COUNTED", 10)
    watched.look()
    watched.publish(20)
    assert watched.look(2) is None
    watched.publish(15)
    watched.lose(1)
    assert watched.look(2) == "behind"


def test_after_a_restore_the_next_mark_is_taken_as_it_is(watched: Watched) -> None:
    watched.publish(5)
    watched.look()
    watched.delete()
    set_up_publishers(watched.uri, "sorting")
    assert watched.look(2) == "behind"
    with watched.database.begin() as session:
        remember(session, Remembered(mark_offset=-1, published=None))
    assert watched.look(2) is None
    watched.publish(2)
    assert watched.look(2) is None
    watched.lose(1)
    assert watched.look(2) == "behind"


@pytest.mark.usefixtures("marks_received")
def test_a_restore_is_seen_within_seconds_not_with_the_next_look(watched: Watched) -> None:
    watched.publish(1)
    watched.look()
    watched.unbind()
    watched.publish(1)
    assert watched.look(2) == "unbound"
    watched.bind()
    with watched.database.begin() as session:
        remember(session, Remembered(mark_offset=-1, published=None))
    watched.watch._ask_at = 0.0
    watched.watch.look_when_due(lambda: False)
    assert watched.watch.trouble is None


def test_a_database_that_is_away_is_no_restore(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    watched.publish(1)
    watched.look()
    watched.unbind()
    watched.publish(1)
    assert watched.look(2) == "unbound"
    nowhere = sa.create_engine("postgresql+psycopg2://unknown@127.0.0.1:1/nothing")
    monkeypatch.setattr(watched.watch, "_sessions", sessionmaker(nowhere))
    watched.watch._ask_at = 0.0
    watched.watch.look_when_due(lambda: False)
    assert watched.watch.trouble == "unbound"


def test_a_broker_that_is_away_says_nothing_of_the_log(watched: Watched) -> None:
    watched.watch._uri = "amqp://guest:guest@127.0.0.1:1/"  # pragma: allowlist secret
    assert watched.look(3) is None
