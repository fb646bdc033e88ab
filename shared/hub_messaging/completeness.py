"""Completeness of a history: the revisions of each subject that it holds, and those that it must hold.

A publisher numbers the events about a subject 1, 2, 3 …, whatever their types. So a history that begins later
than revision 1, ends before the revision that the live tables have reached, or lacks a revision that a later
event names as its predecessor, is not complete. The revisions are kept in the database as ranges: memory
does not grow with the history.
"""

import re
from collections.abc import Container, Iterable
from dataclasses import dataclass, field
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session, sessionmaker

from hub_messaging.envelope import Envelope, Undecodable, newest_before
from hub_messaging.messages import Message
from hub_messaging.provenance import Origins

KEPT_IN_MEMORY: Final = 20_000  # events that are noted together

# The head of an envelope as publishers write it; any other form is read as JSON, which is slower.
_HEAD: Final = re.compile(
    rb'\{"specversion":"1\.0","id":"[^"\\]+","source":"([^"\\]+)","type":"[^"\\]+","subject":"([^"\\]+)"'
    rb',"time":"[^"\\]+","datacontenttype":"application/json","dataschema":"[^"\\]+","revision":(\d{1,10})'
    rb'(?:,"correlationid":"[^"\\]*")?(?:,"causationid":"[^"\\]*")?(?:,"traceparent":"[^"\\]*")?'
    rb'(?:,"after":"([^"\\]*)")?(?:,"changeid":"[^"\\]*")?,"data":\{'
)

Seen = tuple[str, str, int, str | None]  # source, subject, revision, after


@dataclass
class Completeness:
    """The revisions of one history, noted in the table `history` that the sessions find."""

    sessions: sessionmaker[Session]
    origins: Origins
    types: Container[str]  # routing keys of the subscription
    _noted: dict[tuple[str, str], tuple[list[int], list[int]]] = field(default_factory=dict)
    _events: int = 0
    _vouched: dict[tuple[str, str | None, str | None], bool] = field(default_factory=dict)

    def note(self, messages: Iterable[Message]) -> None:
        """Note the revisions of these messages, of whatever type."""
        for message in messages:
            head = head_of(message.body)
            if head is None or not self._is_vouched_for(head[0], message):
                continue
            source, subject, revision, after = head
            noted = self._noted.get((source, subject))
            if noted is None:
                noted = self._noted[source, subject] = ([], [])
            seen, needed = noted
            # Events of before November 2026 do not name their predecessors: then it is the revision before.
            before = revision - 1 if after is None else newest_before(revision, after, self.types)
            if before and not (seen and seen[-1] == before):
                needed.append(before)
            seen.append(revision)
            self._events += 1
        if self._events >= KEPT_IN_MEMORY:
            self.flush()

    def flush(self) -> None:
        """Write down what was noted."""
        if not self._noted:
            return
        rows = {
            "sources": [source for source, _ in self._noted],
            "subjects": [subject for _, subject in self._noted],
            "seen": [_ranges(seen) for seen, _ in self._noted.values()],
            "needed": [_ranges(needed) for _, needed in self._noted.values()],
        }
        with self.sessions.begin() as session:
            session.execute(_NOTE, rows)
        self._noted.clear()
        self._events = 0

    def _is_vouched_for(self, source: str, message: Message) -> bool:
        key = (source, message.exchange, message.user_id)
        if key not in self._vouched:
            self._vouched[key] = self.origins.vouch(source, message)
        return self._vouched[key]


def head_of(body: bytes) -> Seen | None:
    """Source, subject, revision and `after` of a message; None when it is no event."""
    found = _HEAD.match(body)
    try:
        if found is not None:
            source, subject, revision, after = found.groups()
            return source.decode(), subject.decode(), int(revision), None if after is None else after.decode()
        envelope = Envelope.from_bytes(body)
    except (Undecodable, UnicodeDecodeError):
        return None
    return envelope.source, envelope.subject, envelope.revision, envelope.after


def _ranges(revisions: list[int]) -> str:
    """Revisions as PostgreSQL writes a multirange."""
    if not revisions:
        return "{}"
    first, last = revisions[0], revisions[-1]
    if revisions == list(range(first, last + 1)):
        return f"{{[{first},{last + 1})}}"
    return "{" + ",".join(f"[{revision},{revision + 1})" for revision in revisions) + "}"


_NOTE = sa.text(
    """
    INSERT INTO history AS known (source, subject, seen, needed)
    SELECT * FROM unnest(CAST(:sources AS text[]), CAST(:subjects AS text[]),
                         CAST(:seen AS int8multirange[]), CAST(:needed AS int8multirange[]))
    ON CONFLICT (source, subject)
    DO UPDATE SET seen = known.seen + excluded.seen, needed = known.needed + excluded.needed
    """
)
