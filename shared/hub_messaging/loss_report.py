"""A report of the loss by a switch to a copy with incomplete history, as JSON lines in a stable order.

The same loss has the same SHA-256, so that an operator accepts exactly what the file says.
"""

import hashlib
import json
import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

import sqlalchemy as sa

from hub_messaging import shadow_statements
from hub_messaging.shadow_copy import VOLATILE
from hub_messaging.shadow_statements import LIVE, NEW
from hub_messaging.tables import StoredRow

FETCHED: Final = 2000  # rows at a time


class CannotList(Exception):
    """The file cannot be written; the message says why in one sentence."""


@dataclass(frozen=True)
class Loss:
    """The data that only the live copy holds, because the history is incomplete."""

    sha256: str
    subjects: int  # with an incomplete history
    events: int  # that took effect and are not in the history, as far as the inbox has their rows
    rows: Mapping[str, int]  # projection → rows that only the live copy holds
    file: str | None  # the path of the list


@dataclass(frozen=True)
class LossReport:
    """Finds the loss and lists it in a file."""

    subscription: str
    hub_id: str
    types: Sequence[str]
    projections: Sequence[sa.Table]
    folder: Path | None  # for the file; None: only counted

    def make(self, live: sa.Connection) -> Loss | None:
        """Return the loss by a switch; None when the history is complete.

        Raises:
            CannotList: the file cannot be written.
        """
        if not self._is_incomplete(live):
            return None
        try:
            return self._listed(live)
        except OSError as exc:
            raise CannotList(
                f"The list of what would be lost cannot be written to {self.folder}: {exc.strerror}."
            ) from exc

    def _listed(self, live: sa.Connection) -> Loss:
        digest, counts, rows = hashlib.sha256(), Counter[str](), Counter[str]()
        with self._opened() as (file, keep):
            for line in self._lines(live):
                text = json.dumps(line, ensure_ascii=False, sort_keys=True) + "\n"
                digest.update(text.encode())
                counts[str(line["kind"])] += 1
                if line["kind"] == "row":
                    rows[str(line["table"])] += 1
                if file is not None:
                    file.write(text)
            sha256 = digest.hexdigest()
            kept = keep(f"{self.subscription.removesuffix('.in')}-loss-{sha256[:16]}.jsonl")
        return Loss(sha256, counts["subject"], counts["event"], dict(sorted(rows.items())), kept)

    def _is_incomplete(self, live: sa.Connection) -> bool:
        return (
            next(self._subjects(live), None) is not None
            or next(self._events(live), None) is not None
            or self._is_empty(live)
        )

    def _lines(self, live: sa.Connection) -> Iterator[dict[str, object]]:
        yield from self._subjects(live)
        yield from self._events(live)
        for table in sorted(self.projections, key=lambda one: one.name):
            yield from self._rows(live, table)

    def _subjects(self, live: sa.Connection) -> Iterator[dict[str, object]]:
        own = f"/hubs/{self.hub_id}/"
        values = {"subscription": self.subscription, "own": f"{own}%"}
        for row in _stream(live, shadow_statements.INCOMPLETE, values):
            yield {
                "kind": "subject",
                "source": row.source,
                "subject": row.subject,
                "reached": row.reached,  # in the live tables
                "history_from": row.first,
                "history_to": row.last,
                "missing": row.missing,
            }

    def _events(self, live: sa.Connection) -> Iterator[dict[str, object]]:
        for row in _stream(live, shadow_statements.MISSING_EVENTS, {"types": list(self.types)}):
            yield {
                "kind": "event",
                "source": row.source,
                "id": row.event_id,
                "type": row.type,
                "subject": row.subject,
                "revision": row.revision,
            }

    def _rows(self, live: sa.Connection, table: sa.Table) -> Iterator[dict[str, object]]:
        quote = live.dialect.identifier_preparer.quote
        columns = ", ".join(quote(column.name) for column in table.c if VOLATILE not in column.info)
        statement = shadow_statements.ONLY_LIVE.format(columns=columns, table=quote(table.name))
        for row in _stream(live, statement, {}):
            yield {"kind": "row", "table": table.name, "row": row.row}

    def _is_empty(self, live: sa.Connection) -> bool:
        """Whether the history has no event at all, and the live projections have rows."""
        if live.scalar(sa.text(f"SELECT EXISTS (SELECT FROM {NEW}.history)")):  # noqa: S608 - our name
            return False
        return any(
            live.scalar(sa.text(f'SELECT EXISTS (SELECT FROM {LIVE}."{table.name}")'))  # noqa: S608
            for table in self.projections
        )

    @contextmanager
    def _opened(self) -> Iterator[tuple[IO[str] | None, Callable[[str], str | None]]]:
        """A new file that only its owner can read, and a function that gives it its name."""
        if self.folder is None:
            yield None, lambda _name: None
            return
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        unfinished = self.folder / f".loss-{os.getpid()}"
        unfinished.unlink(missing_ok=True)
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)

        def keep(name: str) -> str:
            file.flush()
            path = unfinished.with_name(name)
            unfinished.replace(path)
            return str(path)

        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                yield file, keep
        finally:
            with suppress(FileNotFoundError):
                unfinished.unlink()


def _stream(live: sa.Connection, statement: str, values: Mapping[str, object]) -> Iterator[StoredRow]:
    """Rows of the rebuild's copy and the live one, a few at a time."""
    text = sa.text(statement.replace("{shadow}", NEW))
    # The options are of the statement, not of the connection.
    result = live.execute(text.execution_options(stream_results=True, max_row_buffer=FETCHED), values)
    try:
        yield from result
    finally:
        result.close()
