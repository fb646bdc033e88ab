"""Which events of the log, or of the outboxes, a new subscriber is given, and in which order.

Each event once, and of each subject in the order of its revisions. The log has almost that order: a relay
that was cut off has sent a batch again, and `hubctl log restore` has written older events behind newer ones.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from hub_messaging.envelope import Envelope, Posted, Undecodable
from hub_messaging.messages import Message
from hub_messaging.provenance import Forged, Origins
from hub_messaging.subscribers.event_selection import Bindings
from hub_messaging.topology import MARK, exchange_of, refill_exchange_of

NONE_LATE: Final[frozenset[str]] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Filled:
    """What a new subscriber's queue was filled with, and what was not there to fill it with."""

    events: int = 0  # from history, each marked `replayed`
    live: int = 0  # published while the queue was being filled, in the order in which they came
    begins_at: datetime | None = None  # when the first event of history happened
    forged: int = 0  # left out: not from their publisher, or no event
    repeats: int = 0  # left out: had come already
    missing: Mapping[str, int] = field(default_factory=dict)  # routing key → published, and not in history
    cut_subjects: int = 0  # of which an event is there and an earlier one that it names is not

    def gaps(self) -> list[str]:
        """What an operator must know of a history that was to be whole, in sentences; none when it is."""
        said = []
        if self.missing:
            kinds = ", ".join(f"{number:,} {key}" for key, number in self.missing.items())
            said.append(f"History lacks {sum(self.missing.values()):,} published events: {kinds}.")
        if self.cut_subjects:
            said.append(f"Of {self.cut_subjects:,} subjects an earlier event is missing.")
        if said and self.begins_at:
            said.append(f"History begins with an event of {self.begins_at:%Y-%m-%d %H:%M:%S}Z.")
        return said


class Wanted:
    """The events that a subscriber hears, told by where they came through."""

    def __init__(self, bindings: Bindings, origins: Origins) -> None:
        self.keys = frozenset(key for keys in bindings.values() for key in keys)
        self._bindings = bindings
        self._origins = origins
        self._publishers = {name(one): one for one in bindings for name in (exchange_of, refill_exchange_of)}

    def read(self, message: Message) -> Envelope | None:
        """The event that a message holds; None when the subscriber does not hear it.

        Raises:
            Undecodable, Forged: it is left out.
        """
        publisher = self._publishers.get(message.exchange or "")
        if publisher is None or message.routing_key not in self._bindings[publisher]:
            return None
        envelope = Envelope.from_bytes(message.body)
        if message.routing_key == MARK:
            self._origins.publisher_of_mark(envelope, message, self._bindings)
        else:
            self._origins.check(envelope, message, publisher)
        return envelope


class History:
    """One reading of history: what is passed on of each batch, and what was seen in it."""

    def __init__(self, wanted: Wanted, late: Collection[str] = NONE_LATE) -> None:
        """`late`: subjects of which an older event stands behind a newer one; they come last, in order."""
        self.seen: set[bytes] = set()  # ids of what was passed on
        self.out_of_order: set[str] = set()  # subjects: these must be `late` in another reading
        self.begins_at: datetime | None = None
        self.forged = self.repeats = 0
        self.found: Counter[str] = Counter()  # routing key → events
        self._wanted = wanted
        self._late = late
        self._held: list[tuple[str, int, int, Posted]] = []  # subject, revision, the one before, event
        self._reached: dict[str, int] = {}  # source and subject → revision
        self._cut: set[str] = set()

    def pass_on(self, messages: Iterable[Message]) -> list[Posted]:
        """What of a batch the subscriber is given, in order."""
        return [posted for message in messages for posted in self._one(message)]

    def the_late(self) -> list[Posted]:
        """What was kept back until the end: of each subject in the order of revisions."""
        self._held.sort(key=lambda one: one[:2])
        for subject, revision, before, _ in self._held:
            self._note(subject, revision, before)
        return [posted for *_, posted in self._held]

    def is_new(self, id_: str) -> bool:
        """Whether an event has not been passed on; what has no UUID is always new."""
        try:
            known = UUID(id_).bytes
        except ValueError:
            return True
        if known in self.seen:
            self.repeats += 1
            return False
        self.seen.add(known)
        return True

    def filled(self, published: Mapping[str, int], *, live: int) -> Filled:
        """What came of it.

        Args:
            published: routing key → events published until history ended; empty when history does not begin
                at its beginning.
            live: how many were passed on after it.
        """
        missing = {key: published[key] - self.found[key] for key in sorted(published)}
        return Filled(
            events=self.found.total(),
            live=live,
            begins_at=self.begins_at,
            forged=self.forged,
            repeats=self.repeats,
            missing={key: number for key, number in missing.items() if number > 0},
            cut_subjects=len(self._cut),
        )

    def _one(self, message: Message) -> Iterator[Posted]:
        try:
            envelope = self._wanted.read(message)
        except (Undecodable, Forged):
            self.forged += 1
            return
        if envelope is None or not self.is_new(str(envelope.id)):
            return
        self.begins_at = self.begins_at or envelope.time
        self.found[envelope.routing_key] += 1
        key = envelope.routing_key
        posted = Posted(str(envelope.id), envelope.type, key, envelope.source, message.body)
        subject = f"{envelope.source} {envelope.subject}"
        before = envelope.predecessor(self._wanted.keys)
        if subject in self._late:
            self._held.append((subject, envelope.revision, before, posted))
            return
        if envelope.type != MARK:  # each mark is revision 1 of the same subject
            self._note(subject, envelope.revision, before)
        yield posted

    def _note(self, subject: str, revision: int, before: int) -> None:
        reached = self._reached.get(subject, 0)
        if revision < reached:
            self.out_of_order.add(subject)
            return
        if before > reached:
            self._cut.add(subject)
        self._reached[subject] = revision
