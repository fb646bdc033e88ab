"""The event log made whole from the outboxes: each event once, in order, whatever happens meanwhile."""

# Long: one broker and one office serve every way in which a log can lack events.

import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session
from tests.messaging.conftest import MIGRATIONS
from tests.messaging.office import PUBLISHERS, SCHEMAS, Office, bind_subscriber
from tests.messaging.posting import rows as rows_of
from tests.support.announcing import set_up_publishers
from tests.support.postgres import PostgresServer
from tests.support.services import running_service
from tests.support.waiting import wait_until

from hub_messaging import log_restore, outbox
from hub_messaging.envelope import Envelope
from hub_messaging.event_log import Unbound, read_log
from hub_messaging.log_monitor import Remembered, remember, remembered
from hub_messaging.log_restore import AtWork
from hub_messaging.messages import Message
from hub_messaging.provenance import Origins
from hub_messaging.publisher import ConfirmedPublisher
from hub_messaging.tables import outbox as rows
from hub_messaging.tables import outbox_counts
from hub_messaging.topology import MARK, refill_exchange_of
from hub_messaging.wire import Missing, connected


def ids_of(messages: list[Message]) -> Counter[str]:
    return Counter(json.loads(one.body)["id"] for one in messages)


@pytest.fixture(name="office")
def _office(amqp_uri: str, postgres: PostgresServer) -> Iterator[Office]:
    urls = {name: postgres.migrated_database(MIGRATIONS) for name in PUBLISHERS}
    set_up_publishers(amqp_uri, *PUBLISHERS)
    office = Office(amqp_uri, urls)
    office.administrate(bind_subscriber)
    yield office
    for url in urls.values():
        postgres.drop_database(url)


def unbind(channel: Any) -> None:
    """Let events of one publisher bypass the log."""
    channel.queue_unbind("hub.log", "sorting.events", "#")


def test_a_new_broker_gets_old_events_into_its_log_only_and_before_the_rest(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As `make restore` does it: what is too old to be sent again is refilled before the relays start."""
    monkeypatch.setattr(log_restore, "CONFIRM_SECONDS", 0.1)  # no relay runs that could have sent anything
    office.publish("sorting", 6)
    whole = office.expected()
    engine = office.engines["sorting"]
    with Session(engine) as session, session.begin():
        old = sa.update(rows).where(rows.c.position <= 4).values(recorded_at=datetime(2025, 1, 1, tzinfo=UTC))
        session.execute(old)
        counted = session.execute(sa.select(outbox_counts)).all()
        assert outbox.publish_again(session, datetime(2025, 10, 1, tzinfo=UTC)) == 2
    office.delete_log()
    office.administrate(lambda channel: channel.queue_purge("subscribed"))
    assert office.restore() == 4
    office.note("sorting", office.send("sorting"))
    logged = office.logged()
    assert ids_of(logged) == whole
    assert [one.exchange for one in logged] == ["sorting.refill"] * 4 + ["sorting.events"] * 2
    revisions: dict[str, list[int]] = {}
    for one in logged:
        event = json.loads(one.body)
        revisions.setdefault(event["subject"], []).append(event["revision"])
    assert all(numbers == sorted(numbers) for numbers in revisions.values())
    with Session(engine) as session:
        assert session.execute(sa.select(outbox_counts)).all() == counted
    waiting: list[int] = []
    office.administrate(lambda ch: waiting.append(ch.queue_declare("subscribed", passive=True).message_count))
    assert waiting == [2]


def test_a_deleted_log_is_recreated_with_each_event_once_and_in_order(office: Office) -> None:
    office.publish("sorting", 30)
    office.publish("counting", 20)
    office.delete_log()
    assert office.restore() == 50
    logged = office.logged()
    assert ids_of(logged) == office.expected()
    origins = Origins("test")
    revisions: dict[tuple[str, str], list[int]] = {}
    for message in logged:
        event = json.loads(message.body)
        publisher = event["source"].rpartition("/")[2]
        assert message.exchange == refill_exchange_of(publisher)
        assert event["dataschema"].startswith(SCHEMAS)
        revisions.setdefault((event["source"], event["subject"]), []).append(event["revision"])
        if publisher == "sorting":
            origins.check(Envelope.from_bytes(message.body), message, "sorting")
    assert all(found == sorted(found) for found in revisions.values())


def test_a_new_subscriber_builds_its_read_model_from_a_refilled_log(
    office: Office, postgres: PostgresServer, tmp_path: Path
) -> None:
    """Events from before the deletion, missed ones and later ones: all in order, once."""
    office.publish("sorting", 40)
    office.delete_log()
    office.publish("sorting", 10)
    assert office.restore() == 50
    office.publish("sorting", 10)
    url = postgres.migrated_database(MIGRATIONS)
    with running_service(
        tmp_path, "counting", ("parcels", "counting"), database_url=url, amqp_uri=office.uri
    ) as counting:
        wait_until(lambda: len(rows_of(url, "SELECT 1 FROM effects")) == 60, deadline=30)
        effects = rows_of(url, "SELECT subject, revision FROM effects ORDER BY position")
        assert counting.metric('hub_inbox_deliveries{state="parked"}') == 0
    revisions: dict[str, list[int]] = {}
    for subject, revision in effects:
        revisions.setdefault(subject, []).append(revision)
    assert all(found == list(range(1, len(found) + 1)) for found in revisions.values())


def test_what_the_log_has_is_not_written_again(office: Office) -> None:
    office.publish("sorting", 10)
    office.administrate(unbind)
    office.publish("sorting", 7)
    assert office.restore() == 7
    assert office.restore() == 0
    assert ids_of(office.logged()) == office.expected()
    office.publish("sorting", 3)
    assert office.restore() == 0
    assert ids_of(office.logged()) == office.expected()


def test_a_restore_that_was_interrupted_is_done_again_without_a_repeat(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_restore, "BATCH", 4)
    office.publish("sorting", 22)
    office.publish("counting", 9)
    office.delete_log()

    class Interrupted(ConfirmedPublisher):
        batches = 0

        def publish(self, events: Any) -> None:
            Interrupted.batches += 1
            if Interrupted.batches % 3 == 0:
                self._channel.basic_publish(self._message(events[0]), self._exchange, events[0].routing_key)
                raise KeyboardInterrupt
            super().publish(events)

    with monkeypatch.context() as patched:
        patched.setattr(log_restore, "ConfirmedPublisher", Interrupted)
        for _ in range(2):
            with pytest.raises(KeyboardInterrupt):
                office.restore()
    assert 0 < office.restore() < 31
    assert ids_of(office.logged()) == office.expected()


def test_two_restores_at_once_are_refused(office: Office) -> None:
    with connected(office.uri) as connection:
        connection.channel().queue_declare(log_restore.LOCK, exclusive=True)
        with pytest.raises(AtWork):
            office.restore()
    assert office.restore() == 0


def test_what_is_published_meanwhile_is_there_once(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Live events reach the log by themselves; those under way while it was bound are looked for again."""
    office.publish("sorting", 5)
    office.administrate(unbind)
    office.record("sorting", 4)
    under_way = office.send("sorting")
    compared, read = log_restore._compared, log_restore._logged

    def note_and_compare(*told: Any) -> Any:
        if under_way:
            office.note("sorting", list(under_way))
            under_way.clear()
        return compared(*told)

    def publish_and_read(*told: Any) -> Any:
        office.publish("counting", 3)
        found = read(*told)
        office.publish("counting", 2)
        return found

    monkeypatch.setattr(log_restore, "_compared", note_and_compare)
    monkeypatch.setattr(log_restore, "_logged", publish_and_read)
    assert office.restore() == 4
    assert ids_of(office.logged()) == office.expected()


def test_what_another_exchange_brought_is_not_taken_for_the_publishers(office: Office) -> None:
    office.publish("sorting", 2)
    (first, *_) = office.logged()
    office.delete_log()
    set_up_publishers(office.uri, *PUBLISHERS)
    with connected(office.uri) as connection:
        channel = connection.channel()
        message = channel.prepare_message(first.body)
        channel.basic_publish(message, exchange="counting.events", routing_key="ParcelSorted")
    assert office.restore() == 2


def test_events_missing_from_log_and_outbox_are_reported(office: Office) -> None:
    office.publish("sorting", 6)
    with Session(office.engines["sorting"]) as session, session.begin():
        session.execute(sa.delete(rows).where(rows.c.position <= 2))
    with connected(office.uri) as connection:
        assert log_restore.compare(connection, office.outboxes, lambda *_: None).gone["sorting"] == 0
    office.delete_log()
    with connected(office.uri) as connection:
        found = log_restore.restore(connection, office.outboxes, lambda *_: None)
    assert (found.missing, dict(found.gone)) == (4, {"sorting": 2, "counting": 0})
    with Session(office.engines["sorting"]) as session:
        assert session.scalar(sa.select(sa.func.sum(outbox_counts.c.published))) == 6


def test_a_restore_ends_the_trouble(office: Office) -> None:
    with Session(office.engines["sorting"]) as session, session.begin():
        remember(session, Remembered(7, 3, "behind"))
    office.restore()
    with Session(office.engines["sorting"]) as session:
        assert remembered(session) == Remembered(-1, None, None)


def test_a_comparison_changes_nothing_and_says_when_there_is_no_log(office: Office) -> None:
    office.publish("sorting", 3)
    office.administrate(unbind)
    office.publish("sorting", 2)
    with connected(office.uri) as connection:
        found = log_restore.compare(connection, office.outboxes, lambda *_: None)
    assert {(k.publisher, k.routing_key): (k.kept, k.missing) for k in found.kinds} == {
        ("sorting", "ParcelSorted"): (2, 1),
        ("sorting", "ParcelWeighed"): (3, 1),
    }
    assert len(office_log(office)) == 3
    office.administrate(lambda channel: channel.queue_unbind("hub.log", "counting.events", "#"))
    with connected(office.uri) as connection, pytest.raises(Unbound):
        log_restore.compare(connection, office.outboxes, lambda *_: None)
    office.delete_log()
    with connected(office.uri) as connection, pytest.raises(Missing):
        log_restore.compare(connection, office.outboxes, lambda *_: None)


def office_log(office: Office) -> list[Message]:
    """The log, its end marked by the publisher that is bound."""
    with connected(office.uri) as connection:
        read = [one for batch in read_log(connection, "counting", None) for one in batch]
    return [one for one in read if one.routing_key != MARK]
