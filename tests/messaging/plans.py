"""The rows that PostgreSQL reads for a statement, and storms that fill an inbox."""

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session
from tests.messaging.received import QUEUE, SOURCE, Database

STORM: Final = 20_000

_FILL = """
INSERT INTO inbox (subscription, source, event_id, type, subject, revision, state, attempts, next_attempt_at,
                   last_error, body, after_revision, received_at)
SELECT '{queue}', {source}, '{name}-' || n, {type}, {subject}, {revision}, '{state}', 1, {next},
       {error}, {body}, {after}, '2026-11-23 10:00Z'
FROM generate_series(1, {storm}) AS n
"""
_KEPT: Final = {
    "queue": QUEUE,
    "source": f"'{SOURCE}'",
    "type": "'ParcelSorted'",
    "subject": "'storm/' || n",
    "revision": "1",
    "state": "parked",
    "next": "NULL",
    "error": "'ValidationError: weight'",
    "body": "'body'",
    "after": "NULL",
    "storm": str(STORM),
}
_DONE: Final = {"name": "done", "subject": "'done/' || n", "state": "done", "error": "NULL", "body": "NULL"}
_NEVER: Final = "'2900-01-01Z'"
_NO_EVENT: Final = {"source": "''", "type": "NULL", "subject": "NULL", "revision": "NULL"}
STORMS: Final = {
    "parked subjects": {},
    "parked in one subject": {"subject": "'storm/1'", "revision": "n"},
    "parked at one revision": {"subject": "'storm/1'"},
    "parked unreadable": _NO_EVENT,
    "dropped": {"state": "dropped"},
    "waiting": {"state": "waiting", "next": _NEVER},
    "held in vain": {"state": "held", "revision": "2", "after": "1"},
    "held in one subject": {"state": "held", "subject": "'storm/1'", "revision": "n + 1", "after": "n"},
}


def fill(database: Database, storm: str, *, analyzed: bool, done: int = STORM, size: int = STORM) -> None:
    """A storm in an inbox that has received as much again; PostgreSQL may not have noticed yet."""
    with database.begin() as session:
        for values in (_DONE | {"storm": str(done)}, {"name": "storm", "storm": str(size)} | STORMS[storm]):
            session.execute(sa.text(_FILL.format(**(_KEPT | values)).replace(":00Z", r"\:00Z")))
        if analyzed:
            session.execute(sa.text("ANALYZE inbox"))


@dataclass
class Cost:
    """The costs of statements."""

    rows: int = 0  # of the inbox that were read, those that did not fit included
    scanned: list[str] = field(default_factory=list)  # statements that read the whole inbox
    statements: int = 0

    def add(self, statement: str, plan: dict[str, Any]) -> None:
        if plan.get("Relation Name") == "inbox" and plan["Node Type"] != "ModifyTable":
            removed = plan.get("Rows Removed by Filter", 0) + plan.get("Rows Removed by Index Recheck", 0)
            self.rows += int((plan["Actual Rows"] + removed) * plan["Actual Loops"])
            if plan["Node Type"] == "Seq Scan" and plan["Actual Loops"]:
                self.scanned.append(statement)
        for below in plan.get("Plans", ()):
            self.add(statement, below)


@contextlib.contextmanager
def cost_of(session: Session) -> Iterator[Cost]:
    """Run each statement twice: once to see what it touches, which is undone."""
    connection, cost = session.connection(), Cost()

    def look(conn: Any, cursor: Any, statement: str, parameters: Any, _context: Any, many: bool) -> None:
        if many or statement.lstrip().split(maxsplit=1)[0] not in {"SELECT", "WITH", "INSERT", "UPDATE"}:
            return
        cursor.execute("SAVEPOINT look")
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", parameters)
        (found,) = cursor.fetchone()
        cursor.execute("ROLLBACK TO SAVEPOINT look")
        cost.statements += 1
        cost.add(statement, (json.loads(found) if isinstance(found, str) else found)[0]["Plan"])

    sa.event.listen(connection, "before_cursor_execute", look)
    try:
        yield cost
    finally:
        sa.event.remove(connection, "before_cursor_execute", look)
