"""The outbox: saved with the change or not at all, numbered without gap, in order within a subject."""

import threading
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from parcels.events import ParcelSorted, ParcelWeighed
from sqlalchemy.orm import Session, sessionmaker

from hub_messaging import outbox
from hub_messaging.envelope import Envelope
from hub_messaging.tables import outbox as table

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
Database = sessionmaker[Session]


def parcel(number: int) -> ParcelSorted:
    return ParcelSorted(number=number, weight=1)


def revisions(database: Database) -> list[tuple[str, int]]:
    with database() as session:
        rows = session.execute(sa.select(table.c.subject, table.c.revision).order_by(table.c.position))
        return [(row.subject, row.revision) for row in rows]


def test_revisions_count_from_one_within_a_subject(database: Database) -> None:
    with database.begin() as session:
        outbox.record_all(session, [parcel(1), parcel(2), parcel(1)], occurred_at=NOW)
    with database.begin() as session:
        outbox.record(session, parcel(1), occurred_at=NOW)
    expected = [("parcels/1", 1), ("parcels/2", 1), ("parcels/1", 2), ("parcels/1", 3)]
    assert revisions(database) == expected


def test_an_event_names_the_newest_of_each_type_before_it(database: Database) -> None:
    weighed = ParcelWeighed(number=1, weight=2)
    with database.begin() as session:
        outbox.record_all(session, [parcel(1), weighed, parcel(2), parcel(1)], occurred_at=NOW)
    with database.begin() as session:
        outbox.record_all(session, [weighed, weighed, parcel(1)], occurred_at=NOW)
    with database() as session:
        rows = session.execute(sa.select(table.c.subject, table.c.after).order_by(table.c.position)).all()
    assert [after for subject, after in rows if subject == "parcels/2"] == [None]
    assert [after for subject, after in rows if subject == "parcels/1"] == [
        None,
        "ParcelSorted=1",
        "ParcelSorted=1,ParcelWeighed=2",
        "ParcelSorted=3,ParcelWeighed=2",
        "ParcelSorted=3,ParcelWeighed=4",
        "ParcelSorted=3,ParcelWeighed=5",
    ]


def test_a_transaction_that_fails_leaves_no_event_and_no_gap(database: Database) -> None:
    with pytest.raises(RuntimeError), database.begin() as session:
        outbox.record(session, parcel(1), occurred_at=NOW)
        raise RuntimeError
    assert revisions(database) == []
    with database.begin() as session:
        outbox.record(session, parcel(1), occurred_at=NOW)
    assert revisions(database) == [("parcels/1", 1)]


def test_a_time_without_a_zone_is_refused(database: Database) -> None:
    with pytest.raises(ValueError, match="time zone"), database.begin() as session:
        outbox.record(session, parcel(1), occurred_at=NOW.replace(tzinfo=None))


def test_nothing_to_record_is_nothing_recorded(database: Database) -> None:
    with database.begin() as session:
        assert outbox.record_all(session, [], occurred_at=NOW) == []


def test_many_at_once_keep_their_order(database: Database) -> None:
    with database.begin() as session:
        outbox.record_all(session, [parcel(n % 700) for n in range(2_500)], occurred_at=NOW)
    listed = revisions(database)
    assert [subject for subject, _ in listed] == [f"parcels/{n % 700}" for n in range(2_500)]
    assert listed[-1] == ("parcels/399", 4)


def test_senders_at_once_never_share_a_revision_nor_deadlock(database: Database) -> None:
    def send(forwards: bool) -> None:
        for _ in range(20):
            order = [1, 2, 3] if forwards else [3, 2, 1]
            with database.begin() as session:
                outbox.record_all(session, [parcel(n) for n in order], occurred_at=NOW)

    senders = [threading.Thread(target=send, args=(n % 2 == 0,)) for n in range(4)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join(30)
    listed = revisions(database)
    for subject in ("parcels/1", "parcels/2", "parcels/3"):
        assert [revision for s, revision in listed if s == subject] == list(range(1, 81))


def test_only_what_was_confirmed_is_marked(database: Database) -> None:
    with database.begin() as session:
        outbox.record_all(session, [parcel(1), parcel(2)], occurred_at=NOW)
    with database.begin() as session:
        waiting = outbox.unpublished(session, "/hubs/test/sorting", 10)
        outbox.mark_published(session, [waiting[0][0]])
    with database() as session:
        assert outbox.counts(session) == (2, 1)
        ((_, posted),) = outbox.unpublished(session, "/hubs/test/sorting", 10)
        envelope = Envelope.from_bytes(posted.body)
        assert (envelope.subject, envelope.time) == ("parcels/2", NOW)


def test_an_event_names_what_caused_it(database: Database) -> None:
    with database.begin() as session:
        session.info["correlation_id"] = "request-1"
        session.info["causation_id"] = "event-1"
        outbox.record(session, parcel(1), occurred_at=NOW)
    with database() as session:
        ((_, posted),) = outbox.unpublished(session, "/hubs/test/sorting", 10)
        envelope = Envelope.from_bytes(posted.body)
    assert (envelope.correlation_id, envelope.causation_id) == ("request-1", "event-1")


def test_what_was_recorded_since_an_instant_is_sent_again_in_order(database: Database) -> None:
    with database.begin() as session:
        outbox.record_all(session, [parcel(1), parcel(2), parcel(3)], occurred_at=NOW)
        positions = [position for position, _ in outbox.unpublished(session, "/hubs/test/sorting", 10)]
        outbox.mark_published(session, positions)
        session.execute(
            sa.update(table)
            .where(table.c.position == positions[0])
            .values(recorded_at=datetime(2025, 1, 1, tzinfo=UTC))
        )
    with database.begin() as session:
        assert outbox.publish_again(session, datetime(2025, 6, 1, tzinfo=UTC)) == 2
    with database() as session:
        waiting = [position for position, _ in outbox.unpublished(session, "/hubs/test/sorting", 10)]
    assert waiting == positions[1:]
