"""A shadow copy of a service's projections and inbox, in a PostgreSQL schema of its own.

All statements name the schemas, so they do not depend on the search path. The live copy is in `public`.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from hub_messaging import shadow_statements, stored_deliveries, tables
from hub_messaging.delivery_states import DeliveryState
from hub_messaging.shadow_statements import LIVE, NEW, PREVIOUS
from hub_messaging.tables import (
    StoredRow,
    inbox,
    inbox_changes,
    inbox_counts,
    inbox_gaps,
    inbox_subjects,
    inbox_types,
)

VOLATILE: Final = "volatile"  # in a column's info: its values depend on the run, not on the events

BUSY: Final = "55P03"  # PostgreSQL's code for a lock that was not granted in time
# Less than the second after which PostgreSQL checks for deadlocks: this lock is given up before PostgreSQL
# terminates a transaction.
LOCK_TIMEOUT: Final = "300ms"
ASIDE: Final = "switching"  # between the two, within the transaction of a switch
# In the order in which the reader locks them.
RECEIVED: Final = (inbox_subjects, inbox, inbox_changes, inbox_types, inbox_counts, inbox_gaps)
# Tables that handlers and the inbox may read while a copy is filled. They are not switched: the outbox only
# shows whether a handler has recorded events, and the retention limits stay.
LOOKED_INTO: Final = (tables.outbox_subjects, tables.outbox, tables.inbox_forgotten)


class Busy(Exception):
    """The live tables are in use; nothing was changed."""


@dataclass(frozen=True)
class Compared:
    """One projection in both copies."""

    table: str
    live: int  # rows
    new: int
    only_live: int  # rows without an equal one in the other copy
    only_new: int
    digest: str | None  # of the rows that differ; None when none does


@dataclass(frozen=True)
class Decision:
    """The effect of an operator's action on a message of the history."""

    given_up: StoredRow | None  # the row of a dropped delivery
    instead: bytes | None  # the edited body


@dataclass(frozen=True)
class ShadowCopy:
    """The two copies of one service: the live one, and one in another schema."""

    projections: Sequence[sa.Table]
    schema: str = NEW

    @property
    def moved(self) -> tuple[sa.Table, ...]:
        """Every table that is exchanged, in the order in which it is locked."""
        return (*RECEIVED, *sorted(self.projections, key=lambda table: table.name))

    def make(self, connection: sa.Connection) -> None:
        """Create empty tables; drop the remains of an interrupted run first."""
        connection.execute(sa.text(f"DROP SCHEMA IF EXISTS {NEW} CASCADE"))
        connection.execute(sa.text(f"CREATE SCHEMA {NEW}"))
        into = connection.execution_options(schema_translate_map={None: NEW})
        for table in (*self.moved, *LOOKED_INTO):
            table.create(into, checkfirst=False)
        connection.execute(sa.text(shadow_statements.HISTORY))

    def make_looked_into(self, connection: sa.Connection) -> None:
        """Create the empty tables that a copy needs only while it is filled."""
        self.drop_looked_into(connection)
        into = connection.execution_options(schema_translate_map={None: self.schema})
        for table in LOOKED_INTO:
            table.create(into, checkfirst=False)

    def drop_looked_into(self, connection: sa.Connection) -> None:
        """Drop the tables that a copy needs only while it is filled."""
        for table in LOOKED_INTO:
            connection.execute(sa.text(f"DROP TABLE IF EXISTS {_name(self.schema, table)}"))

    def linked(self, connection: sa.Connection) -> list[str]:
        """Return projections with foreign keys, which would keep referring to the old copy."""
        found = connection.execute(
            sa.text(shadow_statements.LINKED), {"names": [table.name for table in self.projections]}
        )
        return [row.relname for row in found]

    def lock(self, connection: sa.Connection, mode: str) -> None:
        """Lock the live tables until the transaction ends.

        Raises:
            Busy: the locks were not granted at once.
        """
        names = ", ".join(_name(LIVE, table) for table in self.moved)
        connection.execute(sa.text(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'"))
        try:
            connection.execute(sa.text(f"LOCK TABLE {names} IN {mode} MODE"))
        except sa.exc.OperationalError as exc:
            if getattr(exc.orig, "pgcode", None) == BUSY:
                raise Busy from exc
            raise

    def compare(self, connection: sa.Connection) -> list[Compared]:
        """Return the numbers of rows of each projection, and of those that differ."""
        return [self._compare(connection, table) for table in sorted(self.projections, key=lambda t: t.name)]

    def missing(self, connection: sa.Connection, types: Sequence[str]) -> int:
        """Count deliveries of these types with effect in the live copy that the other copy lacks."""
        return connection.scalar(self._text(shadow_statements.MISSING), {"types": list(types)}) or 0

    def undone(self, connection: sa.Connection) -> int:
        """Count deliveries with effect in the live copy and without it in the other."""
        return connection.scalar(self._text(shadow_statements.UNDONE)) or 0

    def recorded(self, connection: sa.Connection) -> bool:
        """Whether a handler recorded events while the copy was filled."""
        return bool(connection.scalar(self._text("SELECT EXISTS (SELECT FROM {shadow}.outbox)")))

    def carry(self, connection: sa.Connection, *, lossy: bool = False) -> None:
        """Carry over the data of the live inbox alone: failed attempts, edits, dropped deliveries.

        `lossy`: the history was incomplete, and an operator has accepted that.

        A subject's revision follows from the deliveries; that in `inbox_subjects` may come from an event
        that was found to be forged.
        """
        for statement in shadow_statements.CARRY:
            connection.execute(self._text(statement))
        connection.execute(self._text(shadow_statements.CARRY_COUNTS), {"lossy": lossy})

    def swap(self, connection: sa.Connection) -> None:
        """Exchange the copies; the live one becomes `previous`."""
        release = _migration(connection)
        for schema in (ASIDE, *({PREVIOUS} - {self.schema})):
            connection.execute(sa.text(f"DROP SCHEMA IF EXISTS {schema} CASCADE"))
        connection.execute(sa.text(f"CREATE SCHEMA {ASIDE}"))
        for table in self.moved:
            _move(connection, table, LIVE, ASIDE)
            _move(connection, table, self.schema, LIVE)
        connection.execute(sa.text(f"DROP SCHEMA {self.schema} CASCADE"))
        connection.execute(sa.text(f"ALTER SCHEMA {ASIDE} RENAME TO {PREVIOUS}"))
        if release is not None:
            quoted = "'" + release.replace("'", "''") + "'"
            connection.execute(sa.text(f"COMMENT ON SCHEMA {PREVIOUS} IS {quoted}"))

    def exists(self, connection: sa.Connection) -> bool:
        """Whether the other schema holds a formerly live copy."""
        return bool(connection.scalar(self._text("SELECT to_regclass('{shadow}.inbox') IS NOT NULL")))

    def changed(self, connection: sa.Connection) -> list[str]:
        """Return tables whose form differs from the other copy's; after any migration, all of them."""
        migrated_to = connection.scalar(self._text("SELECT obj_description('{shadow}'::regnamespace)"))
        if migrated_to not in (None, _migration(connection)):
            return [table.name for table in self.moved]
        return [
            table.name
            for table in self.moved
            if _shape(connection, LIVE, table) != _shape(connection, self.schema, table)
        ]

    def _text(self, statement: str) -> sa.TextClause:
        return sa.text(statement.replace("{shadow}", self.schema))

    def _compare(self, connection: sa.Connection, table: sa.Table) -> Compared:
        columns = ", ".join(
            connection.dialect.identifier_preparer.quote(column.name)
            for column in table.c
            if VOLATILE not in column.info
        )
        sides = {
            side: f"SELECT md5(ROW({columns})::text) AS row FROM {_name(schema, table)}"  # noqa: S608 - our names
            for side, schema in (("live", LIVE), ("shadow", self.schema))
        }
        row = connection.execute(sa.text(shadow_statements.COMPARE.format(**sides))).one()
        return Compared(table.name, *row)


def decided(connection: sa.Connection) -> dict[tuple[str, str], Decision]:
    """Return operators' decisions by the source and id of the original message."""
    dealt_with = sa.or_(inbox.c.state == DeliveryState.DROPPED, inbox.c.original_body.is_not(None))
    wanted = sa.select(inbox).where(inbox.c.body.is_not(None), dealt_with).order_by(inbox.c.arrival)
    rows = list(connection.execute(wanted))
    found = {
        (row.source, row.event_id): Decision(row, None) for row in rows if row.state == DeliveryState.DROPPED
    }
    for row in rows:
        if row.state != DeliveryState.DROPPED:
            name = stored_deliveries.name_of(bytes(row.original_body))
            known = found.get(name)  # an edit that changed its key has left a row under the first
            found[name] = Decision(known.given_up if known else None, bytes(row.body))
    return found


@contextmanager
def only_one(engine: sa.Engine) -> Iterator[bool]:
    """Take the lock of rebuilds in this database; yields False when another rebuild holds it."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.detach()  # closed at the end, so that the lock cannot outlive it
        alone = bool(connection.scalar(sa.text("SELECT pg_try_advisory_lock(hashtext('hub_rebuild'))")))
        try:
            yield alone
        finally:
            # Released explicitly: a server notices a closed connection only after a while.
            with suppress(sa.exc.DBAPIError):
                connection.execute(sa.text("SELECT pg_advisory_unlock_all()"))


def _migration(connection: sa.Connection) -> str | None:
    """Return the latest migration of the service's database."""
    if connection.scalar(sa.text(f"SELECT to_regclass('{LIVE}.alembic_version')")) is None:
        return None
    newest = sa.text(f"SELECT max(version_num) FROM {LIVE}.alembic_version")  # noqa: S608 - our name
    return str(connection.scalar(newest))


def _shape(connection: sa.Connection, schema: str, table: sa.Table) -> list[str]:
    return list(connection.scalars(sa.text(shadow_statements.SHAPE), {"name": _name(schema, table)}))


def _move(connection: sa.Connection, table: sa.Table, source: str, target: str) -> None:
    connection.execute(sa.text(f"ALTER TABLE {_name(source, table)} SET SCHEMA {target}"))


def _name(schema: str, table: sa.Table) -> str:
    return f'{schema}."{table.name}"'
