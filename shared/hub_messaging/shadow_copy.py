"""A second copy of a service's projections and inbox beside the live ones, in a PostgreSQL schema of its own.

Everything here is said with the schemas' names, so it holds whatever the search path is. The live copy is
wherever the service's own connections find it, which is `public`.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from hub_messaging import shadow_statements, stored_deliveries, tables
from hub_messaging.shadow_statements import LIVE, NEW, PREVIOUS
from hub_messaging.tables import inbox, inbox_changes, inbox_counts, inbox_gaps, inbox_subjects, inbox_types

VOLATILE: Final = (
    "volatile"  # in a column's info: its values are of the run that wrote them, not of the events
)

BUSY: Final = "55P03"  # PostgreSQL's code for a lock that was not to be had in time
# Less than the second after which PostgreSQL looks for deadlocks: we give way before anybody is thrown out.
LOCK_TIMEOUT: Final = "300ms"
ASIDE: Final = "switching"  # between the two, within the transaction of a switch
# In the order in which the reader asks for them.
RECEIVED: Final = (inbox_subjects, inbox, inbox_changes, inbox_types, inbox_counts, inbox_gaps)
# What a handler or the receipt of an event may look into while a copy is filled. None of it is switched: the
# outbox only shows whether a handler has recorded events, and what has been forgotten stays forgotten.
LOOKED_INTO: Final = (tables.outbox_subjects, tables.outbox, tables.inbox_forgotten)


class Busy(Exception):
    """Somebody uses the live tables; nothing was changed."""


@dataclass(frozen=True)
class Compared:
    """One projection, live and made anew."""

    table: str
    live: int  # rows
    new: int
    only_live: int  # rows that the other does not have as they are
    only_new: int
    digest: str | None  # of the rows that differ; None when none does


@dataclass(frozen=True)
class Decision:
    """What is to become of a message that an operator has dealt with."""

    given_up: Any | None  # the row that holds up nothing any more
    instead: bytes | None  # what is to take effect in its place


@dataclass(frozen=True)
class ShadowCopy:
    """The two copies of one service: the live one, and the one in the schema `made`."""

    projections: Sequence[sa.Table]
    made: str = NEW

    @property
    def moved(self) -> tuple[sa.Table, ...]:
        """Every table that changes places, in the order in which it is locked."""
        return (*RECEIVED, *sorted(self.projections, key=lambda table: table.name))

    def make(self, connection: sa.Connection) -> None:
        """Make empty tables, after taking away what an interrupted run left."""
        connection.execute(sa.text(f"DROP SCHEMA IF EXISTS {NEW} CASCADE"))
        connection.execute(sa.text(f"CREATE SCHEMA {NEW}"))
        into = connection.execution_options(schema_translate_map={None: NEW})
        for table in (*self.moved, *LOOKED_INTO):
            table.create(into, checkfirst=False)
        connection.execute(sa.text(shadow_statements.HISTORY))

    def make_looked_into(self, connection: sa.Connection) -> None:
        """Make empty tables that a copy needs while it is filled, and that are not moved with it."""
        self.drop_looked_into(connection)
        into = connection.execution_options(schema_translate_map={None: self.made})
        for table in LOOKED_INTO:
            table.create(into, checkfirst=False)

    def drop_looked_into(self, connection: sa.Connection) -> None:
        """Take them away again."""
        for table in LOOKED_INTO:
            connection.execute(sa.text(f"DROP TABLE IF EXISTS {_name(self.made, table)}"))

    def linked(self, connection: sa.Connection) -> list[str]:
        """Projections with foreign keys: those would go on pointing at the old copy."""
        found = connection.execute(
            sa.text(shadow_statements.LINKED), {"names": [table.name for table in self.projections]}
        )
        return [row.relname for row in found]

    def lock(self, connection: sa.Connection, mode: str) -> None:
        """Keep others from the live tables until the transaction ends.

        Raises:
            Busy: they were not to be had at once.
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
        """Row counts of each projection, and how many rows differ."""
        return [self._compare(connection, table) for table in sorted(self.projections, key=lambda t: t.name)]

    def missing(self, connection: sa.Connection, types: Sequence[str]) -> int:
        """How many deliveries of these types took effect in the live copy and are unknown to the other."""
        return connection.scalar(self._text(shadow_statements.MISSING), {"types": list(types)}) or 0

    def undone(self, connection: sa.Connection) -> int:
        """How many deliveries took effect in the live copy and have not in the other."""
        return connection.scalar(self._text(shadow_statements.UNDONE)) or 0

    def recorded(self, connection: sa.Connection) -> bool:
        """Whether a handler recorded events while the copy was filled."""
        return bool(connection.scalar(self._text("SELECT EXISTS (SELECT FROM {made}.outbox)")))

    def carry(self, connection: sa.Connection, *, lossy: bool = False) -> None:
        """Bring along what only the live inbox knows: attempts that failed, edits, what was dropped.

        `lossy`: the history was not complete, and an operator has accepted that.

        How far a subject has come follows from the deliveries; what `inbox_subjects` says by itself may come
        from an event that has been found to be forged.
        """
        for statement in shadow_statements.CARRY:
            connection.execute(self._text(statement))
        connection.execute(self._text(shadow_statements.CARRY_COUNTS), {"lossy": lossy})

    def swap(self, connection: sa.Connection) -> None:
        """Let the copies change places; what was live becomes `previous`."""
        release = _migration(connection)
        for schema in (ASIDE, *({PREVIOUS} - {self.made})):
            connection.execute(sa.text(f"DROP SCHEMA IF EXISTS {schema} CASCADE"))
        connection.execute(sa.text(f"CREATE SCHEMA {ASIDE}"))
        for table in self.moved:
            _move(connection, table, LIVE, ASIDE)
            _move(connection, table, self.made, LIVE)
        connection.execute(sa.text(f"DROP SCHEMA {self.made} CASCADE"))
        connection.execute(sa.text(f"ALTER SCHEMA {ASIDE} RENAME TO {PREVIOUS}"))
        if release is not None:
            quoted = "'" + release.replace("'", "''") + "'"
            connection.execute(sa.text(f"COMMENT ON SCHEMA {PREVIOUS} IS {quoted}"))

    def exists(self, connection: sa.Connection) -> bool:
        """Whether the schema `made` holds what was live once."""
        return bool(connection.scalar(self._text("SELECT to_regclass('{made}.inbox') IS NOT NULL")))

    def changed(self, connection: sa.Connection) -> list[str]:
        """Tables whose form is no longer that of `made`; after any migration, all of them."""
        made_by = connection.scalar(self._text("SELECT obj_description('{made}'::regnamespace)"))
        if made_by not in (None, _migration(connection)):
            return [table.name for table in self.moved]
        return [
            table.name
            for table in self.moved
            if _shape(connection, LIVE, table) != _shape(connection, self.made, table)
        ]

    def _text(self, statement: str) -> sa.TextClause:
        return sa.text(statement.replace("{made}", self.made))

    def _compare(self, connection: sa.Connection, table: sa.Table) -> Compared:
        columns = ", ".join(
            connection.dialect.identifier_preparer.quote(column.name)
            for column in table.c
            if VOLATILE not in column.info
        )
        sides = {
            side: f"SELECT md5(ROW({columns})::text) AS row FROM {_name(schema, table)}"  # noqa: S608 - our names
            for side, schema in (("live", LIVE), ("made", self.made))
        }
        row = connection.execute(sa.text(shadow_statements.COMPARE.format(**sides))).one()
        return Compared(table.name, *row)


def decided(connection: sa.Connection) -> dict[tuple[str, str], Decision]:
    """What operators have decided, by the source and id of the message as it came."""
    dealt_with = sa.or_(inbox.c.state == tables.DROPPED, inbox.c.original_body.is_not(None))
    wanted = sa.select(inbox).where(inbox.c.body.is_not(None), dealt_with).order_by(inbox.c.arrival)
    rows = list(connection.execute(wanted))
    found = {(row.source, row.event_id): Decision(row, None) for row in rows if row.state == tables.DROPPED}
    for row in rows:
        if row.state != tables.DROPPED:
            name = stored_deliveries.name_of(bytes(row.original_body))
            known = found.get(name)  # an edit that renamed it has left its first name behind
            found[name] = Decision(known.given_up if known else None, bytes(row.body))
    return found


@contextmanager
def only_one(engine: sa.Engine) -> Iterator[bool]:
    """Whether nobody else is rebuilding in this database; holds the place while it lasts."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.detach()  # closed for good at the end, so that a lock cannot outlive this
        alone = bool(connection.scalar(sa.text("SELECT pg_try_advisory_lock(hashtext('hub_rebuild'))")))
        try:
            yield alone
        finally:
            # Said, because a server notices only after a while that a connection was closed.
            with suppress(sa.exc.DBAPIError):
                connection.execute(sa.text("SELECT pg_advisory_unlock_all()"))


def _migration(connection: sa.Connection) -> str | None:
    """The newest migration of the service's database."""
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
