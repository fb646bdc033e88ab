"""Selection and order of the events of log or outboxes for a new subscriber.

Each event is selected once, those of a subject in the order of revisions. The log has almost that order,
except for a batch that a relay published again, and older events written by `hubctl log restore`.
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
    """Numbers of the events in a new subscriber's queue, and of missing ones."""

    events: int = 0  # from history, each marked `replayed`
    live: int = 0  # published while the queue was being filled, in order of arrival
    begins_at: datetime | None = None  # instant of the first event of history
    forged: int = 0  # omitted: not from their publisher, or not an event
    repeats: int = 0  # omitted: repeated
    missing: Mapping[str, int] = field(default_factory=dict)  # routing key → published, and not in history
    cut_subjects: int = 0  # with an event whose predecessor is missing

    def gaps(self) -> list[str]:
        """Return sentences on the gaps of a history that should be complete; none when it is."""
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
    """The selected events, recognised by their exchange and routing key."""

    def __init__(self, bindings: Bindings, origins: Origins) -> None:
        self.keys = frozenset(key for keys in bindings.values() for key in keys)
        self._bindings = bindings
        self._origins = origins
        self._publishers = {name(one): one for one in bindings for name in (exchange_of, refill_exchange_of)}

    def read(self, message: Message) -> Envelope | None:
        """Decode a message; None when its event is not selected.

        Raises:
            Undecodable, Forged: it is omitted.
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
    """One reading of history: selects the events of each batch, and detects disorder."""

    def __init__(self, wanted: Wanted, late: Collection[str] = NONE_LATE) -> None:
        """`late`: subjects with an older event behind a newer one; they are written last, in order."""
        self.seen: set[bytes] = set()  # ids of selected events
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
        """Return the selected events of a batch, in order."""
        return [posted for message in messages for posted in self._one(message)]

    def the_late(self) -> list[Posted]:
        """Return the events of late subjects, in the order of revisions."""
        self._held.sort(key=lambda one: one[:2])
        for subject, revision, before, _ in self._held:
            self._note(subject, revision, before)
        return [posted for *_, posted in self._held]

    def is_new(self, id_: str) -> bool:
        """Whether an event has not been selected yet; a message without a UUID is always new."""
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
        """Return the numbers of a finished reading.

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
