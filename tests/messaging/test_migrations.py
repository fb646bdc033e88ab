"""The post office's tables from one form to the next and back, with rows in them."""

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


def test_what_is_kept_gets_its_revision_and_what_took_effect_is_left_alone(connection: sa.Connection) -> None:
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
    heard = connection.execute(sa.text("SELECT subscription, type, behind_since FROM inbox_types")).all()
    assert [tuple(row) for row in heard] == [(QUEUE, "ParcelSorted", None)]


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
