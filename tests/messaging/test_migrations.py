"""The library's tables from one form to the next and back, with rows in them."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from tests.messaging.received import QUEUE, SOURCE, delivery

from hub_messaging import migrations, migrations_v3
from hub_messaging.tables import metadata

ROW = sa.text(
    """
    INSERT INTO inbox
      (subscription, source, event_id, type, subject, state, body, next_attempt_at, last_error)
    VALUES (:subscription, :source, :event_id, :type, :subject, :state, :body,
            CASE WHEN :state = 'waiting' THEN now() END, 'RuntimeError: no')
    """
)


@pytest.fixture(name="connection")
def _connection(database_url: str) -> Iterator[sa.Connection]:
    engine = sa.create_engine(database_url)
    with engine.begin() as connection:
        yield connection
    engine.dispose()


def run(connection: sa.Connection, *steps: Callable[[], None]) -> None:
    """Take steps as a service's migrations would."""
    with Operations.context(MigrationContext.configure(connection)):
        for step in steps:
            step()


def keep(connection: sa.Connection, number: int, state: str, body: bytes | None, **other: Any) -> None:
    """A row of the first form about a parcel."""
    envelope = delivery(number).envelope
    row = {
        "subscription": QUEUE,
        "source": SOURCE,
        "event_id": str(envelope.id),
        "type": envelope.type,
        "subject": envelope.subject,
        "state": state,
        "body": body,
    }
    connection.execute(ROW, row | other)


def rows(connection: sa.Connection) -> dict[str, Any]:
    """Event id → its row."""
    return {row.event_id: row for row in connection.execute(sa.text("SELECT * FROM inbox"))}


def test_the_steps_lead_to_the_tables_that_the_code_describes_and_back_to_none(
    connection: sa.Connection,
) -> None:
    run(connection, migrations.create_v1, migrations.v1_to_v2, migrations_v3.v2_to_v3)
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    assert compare_metadata(context, metadata) == []
    run(connection, migrations_v3.v3_to_v2, migrations.v2_to_v1, migrations.drop_v1)
    assert sa.inspect(connection).get_table_names() == []


def test_stored_deliveries_get_their_revision_and_finished_ones_stay(connection: sa.Connection) -> None:
    run(connection, migrations.create_v1)
    waiting, held = delivery(1, 7), delivery(2, 3)
    keep(connection, 1, "waiting", waiting.body)
    keep(connection, 2, "held", held.body)
    keep(connection, 3, "done", None)
    keep(connection, 4, "parked", b"\xff no event", subject=None, type=None, source="", event_id="digest")
    run(connection, migrations.v1_to_v2)
    found = rows(connection)
    assert {row.subject: row.revision for row in found.values()} == {
        "parcels/1": 7,
        "parcels/2": 3,
        "parcels/3": None,
        None: None,
    }
    assert bytes(found["digest"].body) == b"\xff no event"
    known = connection.execute(sa.text("SELECT subscription, type, behind_since FROM inbox_types")).all()
    assert [tuple(row) for row in known] == [(QUEUE, "ParcelSorted", None)]


@pytest.mark.parametrize(
    "changed",
    [
        lambda event: json.dumps(event | {"data": {"name": "\x00"}}).encode(),
        lambda event: json.dumps(event | {"data": {"name": "\ud800"}}).encode(),
        lambda event: json.dumps(event, ensure_ascii=False).encode("utf-16"),
    ],
    ids=["NUL", "half a surrogate pair", "UTF-16"],
)
def test_a_kept_body_that_the_databases_json_would_refuse_stops_no_migration(
    connection: sa.Connection, changed: Callable[[dict[str, Any]], bytes]
) -> None:
    run(connection, migrations.create_v1)
    keep(connection, 1, "parked", changed(json.loads(delivery(1, 5).body)))
    run(connection, migrations.v1_to_v2)
    (row,) = rows(connection).values()
    assert (row.subject, row.revision) == ("parcels/1", 5)


def test_a_revision_that_no_column_holds_makes_the_row_stand_alone(connection: sa.Connection) -> None:
    run(connection, migrations.create_v1)
    for number, revision in ((1, migrations.HIGHEST_REVISION), (2, migrations.HIGHEST_REVISION + 1)):
        keep(connection, number, "parked", json.dumps({"revision": revision}).encode())
    run(connection, migrations.v1_to_v2)
    found = {(row.subject, row.revision) for row in rows(connection).values()}
    assert found == {("parcels/1", migrations.HIGHEST_REVISION), (None, None)}


def test_on_the_way_back_what_was_dropped_stays_without_effect_and_the_rest_is_kept(
    connection: sa.Connection,
) -> None:
    run(connection, migrations.create_v1)
    for number, state in ((1, "parked"), (2, "held"), (3, "waiting")):
        keep(connection, number, state, delivery(number).body)
    run(connection, migrations.v1_to_v2)
    connection.execute(sa.text("UPDATE inbox SET state = 'dropped' WHERE subject = 'parcels/1'"))
    run(connection, migrations.v2_to_v1)
    states = {row.subject: (row.state, row.body is None) for row in rows(connection).values()}
    assert states == {
        "parcels/1": ("done", True),
        "parcels/2": ("held", False),
        "parcels/3": ("waiting", False),
    }
    run(connection, migrations.v1_to_v2)
    assert {row.revision for row in rows(connection).values() if row.state != "done"} == {1}


def test_events_and_their_order_survive_both_ways(connection: sa.Connection) -> None:
    run(connection, migrations.create_v1)
    connection.execute(sa.text("INSERT INTO outbox_subjects VALUES ('parcels/1', 4)"))
    connection.execute(
        sa.text(
            "INSERT INTO outbox (id, type, version, subject, revision, occurred_at, data)"
            " VALUES (gen_random_uuid(), 'ParcelSorted', 1, 'parcels/1', 4, now(), '{}')"
        )
    )
    for step in (migrations.v1_to_v2, migrations.v2_to_v1, migrations.v1_to_v2):
        run(connection, step)
        assert connection.scalar(sa.text("SELECT revision FROM outbox_subjects")) == 4
        assert connection.scalar(sa.text("SELECT revision FROM outbox WHERE published_at IS NULL")) == 4
    assert connection.execute(sa.text("SELECT latest, before FROM outbox_subjects")).one() == ({}, {})


AGED = """
    INSERT INTO outbox (id, type, version, subject, revision, occurred_at, data, published_at)
    SELECT gen_random_uuid(), 'ParcelSorted', 1, 'parcels/' || n, 1, now(), '{}',
           CASE WHEN n <= 500 THEN now() - n_days END
    FROM (SELECT n, (501 - n) * INTERVAL '1 day' + INTERVAL '1 hour' AS n_days
          FROM generate_series(1, 501) AS n) AS rows ORDER BY n
"""


def test_the_marks_of_forgetting_are_made_from_the_rows_that_are_there(connection: sa.Connection) -> None:
    run(connection, migrations.create_v1, migrations.v1_to_v2)
    connection.execute(sa.text(AGED))
    # One row in the middle was given a time 401 days too early: it is no older by its place.
    connection.execute(
        sa.text("UPDATE outbox SET published_at = published_at - INTERVAL '401 days' WHERE position = 450")
    )
    keep(connection, 1, "done", None)
    keep(connection, 2, "done", None)
    run(connection, migrations_v3.v2_to_v3)
    outbox = connection.execute(sa.text("SELECT * FROM outbox_forgotten")).one()
    # Ages count from the newest row: the row of place n was published 500 - n days before it.
    assert (len(outbox.marks), outbox.before) == (401, None)
    assert [outbox.marks[400 - age] for age in (400, 399, 1)] == [100, 101, 499]
    inbox = connection.execute(sa.text("SELECT * FROM inbox_forgotten")).one()
    assert (len(inbox.marks), inbox.before) == (431, None)
    assert set(inbox.marks[:430]) == {0}


def test_an_inbox_that_has_forgotten_keeps_the_line_of_its_oldest_row(connection: sa.Connection) -> None:
    run(connection, migrations.create_v1, migrations.v1_to_v2)
    for number, days in ((1, 400), (2, 0)):
        keep(connection, number, "done", None)
        age = {"id": str(delivery(number).envelope.id), "days": days}
        connection.execute(
            sa.text(
                "UPDATE inbox SET received_at = now() - make_interval(days => :days) WHERE event_id = :id"
            ),
            age,
        )
    run(connection, migrations_v3.v2_to_v3)
    oldest = connection.scalar(sa.text("SELECT min(received_at) FROM inbox"))
    assert connection.scalar(sa.text("SELECT before FROM inbox_forgotten")) == oldest


def test_an_empty_database_has_nothing_to_mark(connection: sa.Connection) -> None:
    run(connection, migrations.create_v1, migrations.v1_to_v2, migrations_v3.v2_to_v3)
    assert not connection.execute(sa.text("SELECT FROM outbox_forgotten")).all()


@pytest.mark.parametrize("statement", [migrations_v3._MARKS_OF_OUTBOX, migrations_v3._MARKS_OF_INBOX])
def test_marks_are_made_in_two_readings_of_the_table(connection: sa.Connection, statement: str) -> None:
    """Merged into the outer query, the second reading would be made for each of 400 days."""
    run(connection, migrations.create_v1, migrations.v1_to_v2, migrations_v3.v2_to_v3)
    plan = "\n".join(connection.scalars(sa.text(f"EXPLAIN {statement}")))
    assert "CTE Scan on days" in plan
