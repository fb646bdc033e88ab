"""Whatever happens to deliveries, in whatever order, their counts are those of the rows."""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session, sessionmaker
from tests.messaging.counted import NOW, SORTED, counted, kept, key
from tests.messaging.operating import ADA, Poisoned, edit, heavier
from tests.messaging.received import Database, delivery, fail, message

from hub_messaging import migrations, operator_actions
from hub_messaging.stored_deliveries import Refused
from hub_messaging.tables import inbox

ACTIONS: dict[str, Callable[[sessionmaker[Session], Poisoned, int], Any]] = {
    "take": lambda _database, broken, number: broken.take(delivery(number)),
    "take later ones": lambda _database, broken, number: broken.take(
        delivery(number, 3, after=2), delivery(number, 2, after=1)
    ),
    "take with a failure": lambda database, _broken, number: fail(
        database, delivery(number), RuntimeError("no")
    ),
    "unreadable": lambda _database, broken, number: broken.dispatcher.take(
        [message(delivery(number).body.replace(b'"weight":1', b'"weight":"x"'))]
    ),
    "poison": lambda _database, broken, _number: setattr(broken, "error", RuntimeError("no")),
    "mend": lambda _database, broken, _number: setattr(broken, "error", None),
    "try": lambda _database, broken, _number: broken.dispatcher.retry_stored(),
    "drop": lambda database, _broken, number: with_session(
        database, lambda session: operator_actions.drop(session, [key(number), key(number, 2)], ADA)
    ),
    "replay": lambda database, _broken, number: with_session(
        database, lambda session: operator_actions.replay(session, [key(number), key(number, 2)], ADA, NOW)
    ),
    "edit": lambda database, _broken, number: edit_if_kept(database, number, {}),
    "rename": lambda database, _broken, number: edit_if_kept(
        database, number, {"id": str(delivery(number + 100).envelope.id)}
    ),
    "read again": lambda database, _broken, _number: with_session(database, read_again),
}


def with_session(database: Database, act: Callable[[Session], Any]) -> None:
    with database.begin() as session:
        act(session)


def edit_if_kept(database: Database, number: int, changes: dict[str, str]) -> None:
    with database() as session:
        rows = {row.event_id: row for row in session.execute(sa.select(inbox))}
    row = rows.get(key(number).event_id)
    if row is not None and row.state in ("parked", "waiting") and changes.get("id") not in rows:
        subject = f"parcels/{len(rows)}"
        edit(database, key(number), heavier(delivery(number), subject=subject, **changes))


def read_again(session: Session) -> None:
    with Operations.context(MigrationContext.configure(session.connection())):
        migrations.read_again([SORTED])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(st.sampled_from(sorted(ACTIONS)), st.integers(1, 3)), max_size=25))
def test_the_counts_are_those_of_the_rows(
    database: Database, broken: Poisoned, steps: list[tuple[str, int]]
) -> None:
    with database.begin() as session:
        for table in ("inbox", "inbox_subjects", "inbox_counts", "inbox_audit", "outbox_counts"):
            session.execute(sa.text(f"TRUNCATE {table}"))
    broken.error = None
    for name, number in steps:
        try:
            ACTIONS[name](database, broken, number)
        except Refused:
            continue
    assert kept(database) == counted(database)
