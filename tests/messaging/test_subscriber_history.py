"""History for a new subscriber: each event once, in order, and the missing ones reported."""

import random
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub_messaging.envelope import Envelope, Posted
from hub_messaging.marks import mark_of
from hub_messaging.messages import Message
from hub_messaging.provenance import Origins
from hub_messaging.subscribers.history_selection import History, Wanted

AT = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
BOTH = {"sorting": frozenset({"ParcelSorted", "ParcelWeighed"})}


@dataclass(frozen=True)
class Told:
    """One event about a parcel, in short."""

    parcel: int
    revision: int
    type: str = "ParcelSorted"
    after: str | None = None
    version: int = 1

    @property
    def envelope(self) -> Envelope:
        return Envelope(
            id=UUID(int=1000 * self.parcel + self.revision),
            source="/hubs/test/sorting",
            type=self.type,
            version=self.version,
            subject=f"parcels/{self.parcel}",
            revision=self.revision,
            time=AT,
            data={},
            after=self.after,
        )

    def message(self, exchange: str = "sorting.events", key: str = "", user: str | None = None) -> Message:
        envelope = self.envelope
        return Message(envelope.to_bytes(), exchange, key or envelope.routing_key, user, from_log=True)


def history_of(bindings: Mapping[str, frozenset[str]] = BOTH, late: Iterable[str] = ()) -> History:
    return History(Wanted(bindings, Origins("test")), frozenset(late))


def told(posted: Sequence[Posted]) -> list[tuple[str, int]]:
    read = [Envelope.from_bytes(one.body) for one in posted]
    return [(one.subject, one.revision) for one in read]


def read_through(batches: Sequence[Sequence[Message]]) -> tuple[History, list[Posted]]:
    """As a filling does: once more, with what was out of order kept back."""
    late: frozenset[str] = frozenset()
    while True:
        history = history_of(late=late)
        given_ = [one for batch in batches for one in history.pass_on(batch)]
        if not history.out_of_order:
            return history, [*given_, *history.the_late()]
        late |= history.out_of_order


def test_what_is_not_asked_for_is_left_out_silently() -> None:
    history = history_of({"sorting": frozenset({"ParcelSorted"})})
    messages = [
        Told(1, 1).message(),
        Told(1, 2, "ParcelWeighed").message(),
        Told(2, 1, version=2).message(),  # its routing key is ParcelSorted.v2
        Told(3, 1).message("counting.events"),
        Message(mark_of("sorting", {"ParcelSorted": 3}).to_bytes(), "sorting.events", "LogMark"),
    ]
    assert told(history.pass_on(messages)) == [("parcels/1", 1)]
    assert (history.forged, history.repeats, history.found) == (0, 0, {"ParcelSorted": 1})


def test_a_version_is_asked_for_by_its_routing_key_and_a_mark_by_its_name() -> None:
    history = history_of({"sorting": frozenset({"ParcelSorted.v2", "LogMark"})})
    marks = [
        Message(mark_of("sorting", {"ParcelSorted": n}).to_bytes(), "sorting.events", "LogMark")
        for n in (1, 2)
    ]
    passed = history.pass_on([marks[0], Told(1, 1).message(), Told(2, 1, version=2).message(), marks[1]])
    assert [one.routing_key for one in passed] == ["LogMark", "ParcelSorted.v2", "LogMark"]
    assert history.out_of_order == set()


def test_bodies_are_passed_on_to_the_byte_under_the_labels_of_their_event() -> None:
    message = Told(1, 1).message()
    (posted,) = history_of().pass_on([message])
    event = Told(1, 1).envelope
    assert posted == (str(event.id), "ParcelSorted", "ParcelSorted", "/hubs/test/sorting", message.body)


@pytest.mark.parametrize(
    "message",
    [
        Told(1, 1).message("", "ParcelSorted"),
        Told(1, 1).message("counting.events"),
        Told(1, 1).message(key="ParcelWeighed"),
        Told(1, 1).message(user="counting"),
        Message(b"no event", "sorting.events", "ParcelSorted"),
        Message(Told(1, 1).envelope._replace(source="/hubs/other/sorting").to_bytes(), "sorting.events",
                "ParcelSorted", from_log=True),
        Message(mark_of("counting", {}).to_bytes(), "sorting.events", "LogMark"),
    ],
    ids=["no exchange", "another exchange", "another key", "another user", "no event", "another hub", "mark"],
)  # fmt: skip
def test_what_did_not_come_from_its_publisher_is_left_out(message: Message) -> None:
    history = history_of({"sorting": BOTH["sorting"] | {"LogMark"}})
    assert history.pass_on([message]) == []
    # A message of an unselected exchange is not a forgery.
    assert history.forged == (message.exchange == "sorting.events")


def test_what_a_relay_sent_again_is_left_out_and_counted_also_when_it_comes_live() -> None:
    history = history_of()
    events = [Told(1, 1), Told(1, 2), Told(2, 1)]
    passed = history.pass_on([one.message() for one in [*events, *events[1:]]])
    assert told(passed) == [("parcels/1", 1), ("parcels/1", 2), ("parcels/2", 1)]
    assert not history.is_new(str(events[2].envelope.id))
    assert history.is_new(str(Told(7, 1).envelope.id))
    assert history.is_new("no UUID")
    assert history.repeats == 3


@given(st.data())
def test_any_log_that_was_refilled_is_passed_on_in_order_and_once(data: st.DataObject) -> None:
    """Some were missing and stand at the end, as `hubctl log restore` brings them; some are repeated."""
    lengths = data.draw(st.lists(st.integers(1, 6), min_size=1, max_size=5))
    rng = random.Random(data.draw(st.integers(0, 2**32)))
    left = [parcel for parcel, many in enumerate(lengths) for _ in range(many)]
    rng.shuffle(left)
    reached: Counter[int] = Counter()
    log = []
    for parcel in left:
        reached[parcel] += 1
        log.append(Told(parcel, reached[parcel]))
    missing = set(rng.sample(range(len(log)), rng.randint(0, len(log))))
    messages = [one.message() for n, one in enumerate(log) if n not in missing]
    messages += [log[n].message("sorting.refill") for n in sorted(missing)]
    messages += rng.sample(messages, rng.randint(0, len(messages)))
    cut = rng.randint(0, len(messages))
    history, passed = read_through([messages[:cut], messages[cut:]])
    found: dict[str, list[int]] = {}
    for subject, revision in told(passed):
        found.setdefault(subject, []).append(revision)
    assert found == {f"parcels/{n}": list(range(1, many + 1)) for n, many in enumerate(lengths)}
    assert history.found.total() == len(log)
    assert history.filled({"ParcelSorted": len(log)}, live=0).gaps() == []


def test_a_truncated_log_is_reported_by_kind_subject_and_beginning() -> None:
    history = history_of()
    log = [
        Told(1, 4, after="ParcelSorted=1,ParcelWeighed=3"),
        Told(2, 1),
        Told(2, 2, "ParcelWeighed", after="ParcelSorted=1"),
        Told(3, 9, after="ParcelLost=8"),  # a type that is not selected
        Told(4, 5, after="ParcelSorted=4"),
        Told(4, 6, after="ParcelSorted=5"),
    ]
    history.pass_on([one.message() for one in log])
    filled = history.filled({"ParcelSorted": 7, "ParcelWeighed": 3, "ParcelLost": 0}, live=2)
    assert (filled.events, filled.live, filled.cut_subjects) == (6, 2, 2)
    assert filled.missing == {"ParcelSorted": 2, "ParcelWeighed": 2}
    assert filled.gaps() == [
        "History lacks 4 published events: 2 ParcelSorted, 2 ParcelWeighed.",
        "Of 2 subjects an earlier event is missing.",
        "History begins with an event of 2026-03-04 05:06:07Z.",
    ]


def test_what_was_kept_back_shows_what_is_missing_before_it_too() -> None:
    history = history_of(late=["/hubs/test/sorting parcels/1"])
    history.pass_on(
        [Told(1, 5, after="ParcelSorted=4").message(), Told(1, 3, after="ParcelSorted=2").message()]
    )
    assert told(history.the_late()) == [("parcels/1", 3), ("parcels/1", 5)]
    assert history.filled({}, live=0).cut_subjects == 1


def test_a_history_that_holds_more_than_was_counted_lacks_nothing() -> None:
    """A relay was killed between the broker's confirm and its own note of it."""
    history = history_of()
    history.pass_on([Told(1, 1).message(), Told(1, 2).message()])
    assert history.filled({"ParcelSorted": 1}, live=0).missing == {}
