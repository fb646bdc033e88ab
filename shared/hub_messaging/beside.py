"""A second copy of a service's projections and inbox beside the live ones, in a PostgreSQL schema of its own.

Everything here is said with the schemas' names, so it holds whatever the search path is. The live copy is
wherever the service's own connections find it, which is `public`.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from hub_messaging import kept, tables
from hub_messaging.tables import inbox, inbox_changes, inbox_counts, inbox_gaps, inbox_subjects, inbox_types

LIVE: Final = "public"
NEW: Final = "rebuild"
PREVIOUS: Final = "previous"  # what was live before the last switch, until the next one
VOLATILE: Final = (
    "volatile"  # in a column's info: its values are of the run that wrote them, not of the events
)

BUSY: Final = "55P03"  # PostgreSQL's code for a lock that was not to be had in time
# Less than the second after which PostgreSQL looks for deadlocks: we give way before anybody is thrown out.
LOCK_TIMEOUT: Final = "300ms"
# In the order in which the reader asks for them.
RECEIVED: Final = (inbox_subjects, inbox, inbox_changes, inbox_types, inbox_counts, inbox_gaps)

_COLUMNS = ", ".join(column.name for column in inbox.c if column.name != "arrival")
_SAME = (
    "made.subscription = live.subscription AND made.source = live.source AND made.event_id = live.event_id"
)
_UNFINISHED = "('waiting', 'held', 'parked')"


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
class Beside:
    """The two copies of one service."""

    projections: Sequence[sa.Table]

    @property
    def moved(self) -> tuple[sa.Table, ...]:
        """Every table that changes places, in the order in which it is locked."""
        return (*RECEIVED, *sorted(self.projections, key=lambda table: table.name))

    def make(self, connection: sa.Connection) -> None:
        """Make empty tables, after taking away what an interrupted run left."""
        connection.execute(sa.text(f"DROP SCHEMA IF EXISTS {NEW} CASCADE"))
        connection.execute(sa.text(f"CREATE SCHEMA {NEW}"))
        into = connection.execution_options(schema_translate_map={None: NEW})
        # The outbox only shows whether somebody writes into it.
        for table in (*self.moved, tables.outbox_subjects, tables.outbox):
            table.create(into, checkfirst=False)

    def linked(self, connection: sa.Connection) -> list[str]:
        """Projections with foreign keys: those would go on pointing at the old copy."""
        found = connection.execute(_LINKED, {"names": [table.name for table in self.projections]})
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

    def carry(self, connection: sa.Connection) -> None:
        """Bring along what only the live inbox knows: attempts that failed, edits, what was dropped."""
        connection.execute(sa.text(_CARRY_FAILURES))
        connection.execute(sa.text(_CARRY_UNKNOWN))
        connection.execute(sa.text(_CARRY_PROGRESS))
        connection.execute(sa.text(_CARRY_CHANGES))

    def swap(self, connection: sa.Connection) -> None:
        """Let the copies change places."""
        quoted = connection.dialect.identifier_preparer.quote
        connection.execute(sa.text(f"DROP SCHEMA IF EXISTS {PREVIOUS} CASCADE"))
        connection.execute(sa.text(f"CREATE SCHEMA {PREVIOUS}"))
        for table in self.moved:
            connection.execute(sa.text(f"ALTER TABLE {LIVE}.{quoted(table.name)} SET SCHEMA {PREVIOUS}"))
            connection.execute(sa.text(f"ALTER TABLE {NEW}.{quoted(table.name)} SET SCHEMA {LIVE}"))
        connection.execute(sa.text(f"DROP SCHEMA {NEW} CASCADE"))

    def _compare(self, connection: sa.Connection, table: sa.Table) -> Compared:
        columns = ", ".join(
            connection.dialect.identifier_preparer.quote(column.name)
            for column in table.c
            if VOLATILE not in column.info
        )
        sides = {
            side: f"SELECT md5(ROW({columns})::text) AS row FROM {_name(schema, table)}"  # noqa: S608 - our names
            for side, schema in (("live", LIVE), ("made", NEW))
        }
        row = connection.execute(sa.text(_COMPARE.format(**sides))).one()
        return Compared(table.name, *row)


def missing(connection: sa.Connection, types: Sequence[str]) -> int:
    """How many deliveries of these types took effect in the live copy and are unknown to the new one."""
    return connection.scalar(sa.text(_MISSING), {"types": list(types)}) or 0


def undone(connection: sa.Connection) -> int:
    """How many deliveries took effect in the live copy and have not in the new one."""
    return connection.scalar(sa.text(_UNDONE)) or 0


def recorded(connection: sa.Connection) -> bool:
    """Whether a handler recorded events while the new copy was filled."""
    return bool(connection.scalar(sa.text(f"SELECT EXISTS (SELECT FROM {NEW}.outbox)")))  # noqa: S608 - our name


def decided(connection: sa.Connection) -> dict[tuple[str, str], Decision]:
    """What operators have decided, by the source and id of the message as it came."""
    dealt_with = sa.or_(inbox.c.state == tables.DROPPED, inbox.c.original_body.is_not(None))
    wanted = sa.select(inbox).where(inbox.c.body.is_not(None), dealt_with).order_by(inbox.c.arrival)
    rows = list(connection.execute(wanted))
    found = {(row.source, row.event_id): Decision(row, None) for row in rows if row.state == tables.DROPPED}
    for row in rows:
        if row.state != tables.DROPPED:
            name = kept.name_of(bytes(row.original_body))
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


def _name(schema: str, table: sa.Table) -> str:
    return f'{schema}."{table.name}"'


_LINKED = sa.text(
    f"""
    SELECT DISTINCT relname FROM pg_constraint JOIN pg_class ON pg_class.oid IN (conrelid, confrelid)
    WHERE contype = 'f' AND relnamespace = '{LIVE}'::regnamespace AND relname = ANY(:names)
    ORDER BY relname
    """  # noqa: S608 - our names
)
# What failed in both keeps the record of its failures, and the body that an operator gave it.
_CARRY_FAILURES = f"""
    UPDATE {NEW}.inbox AS made SET
      state = live.state, attempts = live.attempts, next_attempt_at = live.next_attempt_at,
      first_error = live.first_error, last_error = live.last_error, received_at = live.received_at,
      body = live.body, original_body = live.original_body, after_revision = live.after_revision,
      type = live.type, subject = live.subject, revision = live.revision
    FROM {LIVE}.inbox AS live
    WHERE {_SAME} AND live.state IN ('waiting', 'parked', 'dropped') AND made.state IN {_UNFINISHED}
"""  # noqa: S608 - our names
_CARRY_UNKNOWN = f"""
    INSERT INTO {NEW}.inbox ({_COLUMNS})
    SELECT {_COLUMNS} FROM {LIVE}.inbox AS live
    WHERE NOT EXISTS (SELECT FROM {NEW}.inbox AS made WHERE {_SAME})
    ORDER BY arrival
"""  # noqa: S608
_CARRY_PROGRESS = f"""
    INSERT INTO {NEW}.inbox_subjects AS made (subscription, source, subject, revision)
    SELECT subscription, source, subject, revision FROM {LIVE}.inbox_subjects
    ON CONFLICT (subscription, source, subject)
    DO UPDATE SET revision = excluded.revision WHERE excluded.revision > made.revision
"""  # noqa: S608
_CARRY_CHANGES = f"""
    INSERT INTO {NEW}.inbox_changes SELECT * FROM {LIVE}.inbox_changes ON CONFLICT DO NOTHING
"""  # noqa: S608
_MISSING = f"""
    SELECT count(*) FROM {LIVE}.inbox AS live
    WHERE live.state = 'done' AND live.type = ANY(:types)
      AND NOT EXISTS (SELECT FROM {NEW}.inbox AS made WHERE {_SAME})
"""  # noqa: S608
_UNDONE = f"""
    SELECT count(*) FROM {LIVE}.inbox AS live JOIN {NEW}.inbox AS made ON {_SAME}
    WHERE live.state = 'done' AND made.state IN {_UNFINISHED}
"""  # noqa: S608
_COMPARE = """
    WITH live AS ({live}), made AS ({made}),
      only_live AS (SELECT row FROM live EXCEPT ALL SELECT row FROM made),
      only_new AS (SELECT row FROM made EXCEPT ALL SELECT row FROM live)
    SELECT
      (SELECT count(*) FROM live), (SELECT count(*) FROM made),
      (SELECT count(*) FROM only_live), (SELECT count(*) FROM only_new),
      (SELECT md5(string_agg(side || row, '' ORDER BY side, row)) FROM (
         SELECT '-' AS side, row FROM only_live UNION ALL SELECT '+', row FROM only_new) AS differing)
"""
