"""The order of retries: of each subject the first stored delivery, then those that may follow at once."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, NamedTuple

from sqlalchemy.orm import Session

from hub_messaging import stored_statements
from hub_messaging.delivery_states import DeliveryState
from hub_messaging.tables import StoredRow

SUBJECTS_AT_ONCE: Final = 500  # subjects checked by one query
_START: Final = ("", "")
SubjectKey = tuple[str, str]  # source and subject; two hubs may use the same names


class RetryCandidate(NamedTuple):
    """A stored delivery that may be retried."""

    source: str
    subject: str | None  # None: undecodable, so it belongs to no subject
    event_id: str
    arrival: int
    revision: int | None = None

    @property
    def about(self) -> SubjectKey | None:
        """Source and subject, if it has them."""
        return None if self.subject is None else (self.source, self.subject)


@dataclass
class RetryOrder:
    """Iterates over the subjects of one subscription, some at each query, in rounds.

    Deliveries whose wait has ended are found by their time at every query, held ones when their subject is
    next.
    """

    subscription: str
    subjects_at_once: int = field(default_factory=lambda: SUBJECTS_AT_ONCE)
    _last: SubjectKey = _START  # the subject checked last

    @property
    def at_start(self) -> bool:
        """Whether the last query ended a round."""
        return self._last == _START

    def due(self, session: Session, now: datetime) -> list[RetryCandidate]:
        """Return the deliveries that may be retried now, one of each subject, oldest first."""
        values = {"subscription": self.subscription, "now": now, "steps": self.subjects_at_once}
        after = {"after_source": self._last[0], "after_subject": self._last[1]}
        nexts = session.execute(stored_statements.NEXT, values | after).all()
        waited = session.execute(stored_statements.WAITED, values).all()
        whole = len(nexts) < self.subjects_at_once
        self._last = _START if whole else (nexts[-1].source, nexts[-1].subject)
        found = {(row.source, row.event_id): row for row in (*(one for one in nexts if one.due), *waited)}
        turns = [RetryCandidate(row.source, row.subject, row.event_id, row.arrival) for row in found.values()]
        return sorted(turns, key=lambda turn: turn.arrival)


def follow(
    session: Session, subscription: str, firsts: Sequence[RetryCandidate], now: datetime, length: int
) -> list[RetryCandidate]:
    """Return candidates, each followed by those that may take effect after it; about `length` in all."""
    named = [turn for turn in firsts if turn.subject is not None]
    values = {
        "subscription": subscription,
        "sources": [turn.source for turn in named],
        "subjects": [turn.subject for turn in named],
        "length": max(1, length // len(firsts)),
    }
    chains: dict[SubjectKey | None, list[StoredRow]] = {}
    for row in session.execute(stored_statements.CHAINS, values) if named else ():
        chains.setdefault((row.source, row.subject), []).append(row)
    result: list[RetryCandidate] = []
    for first in firsts:
        result += [first] if first.subject is None else _ready(chains.get(first.about, []), now)
    return result


def _ready(chain: Sequence[StoredRow], now: datetime) -> list[RetryCandidate]:
    """Return the deliveries of one subject that may take effect one after the other."""
    ready = []
    reached = chain[0].reached or 0 if chain else 0
    for row in chain:
        waits = row.next_attempt_at is not None and row.next_attempt_at > now
        held = row.state == DeliveryState.HELD and (row.after_revision or 0) > reached
        if row.state == DeliveryState.PARKED or waits or held:
            break
        ready.append(RetryCandidate(row.source, row.subject, row.event_id, row.arrival, row.revision))
        reached = max(reached, row.revision)
    return ready


def lock(
    session: Session, subscription: str, turns: Sequence[RetryCandidate]
) -> tuple[list[StoredRow], set[SubjectKey]]:
    """Lock and return the rows of candidates, except those locked or changed by others.

    Rows that follow an excepted one in its subject are left out too. Returns these subjects as well.
    """
    values = {
        "subscription": subscription,
        "sources": [turn.source for turn in turns],
        "event_ids": [turn.event_id for turn in turns],
    }
    rows = {(row.source, row.event_id): row for row in session.execute(stored_statements.LOCK, values)}
    stuck: set[SubjectKey] = set()
    locked = []
    for turn in turns:
        row = rows.get((turn.source, turn.event_id))
        same = row is not None and (row.subject, row.revision) == (turn.subject, turn.revision)
        if row is not None and same and turn.about not in stuck:
            locked.append(row)
        elif turn.about is not None:
            stuck.add(turn.about)
    return locked, stuck
