"""The work that every contender does: the same tables, the same statements, the same words on the wire."""

import json
import os
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

PUBLISHER: Final = "enrolment"
EVENT_TYPE: Final = "ParticipantEnrolled"
EXCHANGE: Final = f"{PUBLISHER}.events"
SOURCE: Final = f"/hubs/bench/{PUBLISHER}"
REVISIONS: Final = 4  # events about each subject; the read model ends with the last of them
IN_HAND: Final = 200  # events that are published before the confirms of all are waited for

FACTS: Final = ("work_group_id", "teacher_id", "urn", "role", "enrolled_on")
COLUMNS: Final = ("subject", "revision", *FACTS)
TABLES: Final = """
CREATE TABLE read_model (
  subject text PRIMARY KEY,
  revision integer NOT NULL,
  work_group_id uuid NOT NULL,
  teacher_id uuid NOT NULL,
  urn text NOT NULL,
  role text NOT NULL,
  enrolled_on date NOT NULL,
  at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE TABLE seen (
  source text NOT NULL,
  event_id text NOT NULL,
  seen_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (source, event_id)
);
"""
_NEWER: Final = (
    f"ON CONFLICT (subject) DO UPDATE SET {', '.join(f'{c} = excluded.{c}' for c in COLUMNS[1:])},"
    " at = clock_timestamp() WHERE excluded.revision > read_model.revision"
)
_INTO: Final = f"INSERT INTO read_model ({', '.join(COLUMNS)})"
SEE_NUMBERED: Final = "INSERT INTO seen (source, event_id) VALUES ($1, $2) ON CONFLICT DO NOTHING"


def write_one(placeholder: str) -> str:
    """The statement for one row; `placeholder` is the driver's, with {name} and {n} (from 1) to fill in."""
    values = ", ".join(placeholder.format(name=name, n=n) for n, name in enumerate(COLUMNS, 1))
    return f"{_INTO} VALUES ({values}) {_NEWER}"


def write_many(placeholder: str) -> str:
    """The statement for many rows, each subject once, given as one JSON array: reporting's own way."""
    return (
        f"{_INTO} SELECT {', '.join(COLUMNS)}"  # noqa: S608 - names of our own table and columns
        f" FROM json_populate_recordset(NULL::read_model, CAST({placeholder} AS json)) {_NEWER}"
    )


def newest(rows: Iterable[Mapping[str, Any]]) -> str:
    """The rows of a batch, of each subject the last revision, in the order of their keys; as JSON."""
    pending: dict[str, Mapping[str, Any]] = {}
    for row in rows:
        known = pending.get(row["subject"])
        if known is None or known["revision"] < row["revision"]:
            pending[row["subject"]] = row
    return json.dumps([row for _, row in sorted(pending.items())], default=str)


def facts(number: int) -> dict[str, str]:
    """The data of an event about subject `number`."""
    return {
        "enrolment_id": str(UUID(int=number)),
        "work_group_id": str(UUID(int=1_000_000 + number % 300)),
        "teacher_id": str(UUID(int=2_000_000 + number)),
        "urn": f"{110_000 + number % 541}",
        "role": "participant",
        "enrolled_on": "2026-09-14",
    }


def subject(number: int) -> str:
    """Return the subject of its event, as `enrolments/<UUID>`."""
    return f"enrolments/{UUID(int=number)}"


def cloud_event(number: int, revision: int, id_: UUID) -> dict[str, Any]:
    """One event as it travels (CloudEvents 1.0, structured JSON)."""
    return {
        "specversion": "1.0",
        "id": str(id_),
        "source": SOURCE,
        "type": EVENT_TYPE,
        "subject": subject(number),
        "time": datetime.now(UTC).isoformat().replace("+00:00", "Z"),
        "datacontenttype": "application/json",
        "dataschema": f"/schemas/{EVENT_TYPE}/1",
        "revision": revision,
        "data": facts(number),
    }


def say(**figures: float) -> None:
    """Print what a program has measured of itself for the benchmark: its last line."""
    print(json.dumps(figures), flush=True)  # noqa: T201 - the program's answer


def database_url() -> str:
    """Where to connect, in the form that drivers take."""
    return os.environ["HUB_DATABASE_URL"].replace("postgresql+psycopg2://", "postgresql://")


def amqp_uri() -> str:
    """Where the broker is."""
    return os.environ["HUB_AMQP_URI"]


def own_queue() -> str:
    """The queue that the program reads, or that takes what it publishes."""
    return os.environ["BENCH_QUEUE"]


def how_many() -> int:
    """How many events a program that makes its own is to publish."""
    return int(os.environ["BENCH_EVENTS"])
