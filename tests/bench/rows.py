"""The rows of the table: who does which work, and what the goal is."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from tests.bench import runs
from tests.bench.contenders import work
from tests.bench.runs import Contender, Run
from tests.bench.servers import Servers

from hub_messaging.envelope import CONTENT_TYPE

Measure = Callable[[Servers, Contender, int], Run]


@dataclass(frozen=True)
class Entry:
    """A contender with how it is measured."""

    contender: Contender
    measure: Measure


@dataclass(frozen=True)
class Row:
    """One kind of work; the first entry is ours."""

    name: str  # as in --row
    title: str
    what: str  # in a sentence or two
    events: int  # for the fast contenders
    entries: tuple[Entry, ...]
    goals: dict[str, float] = field(default_factory=dict)  # contender → at least so many times as fast
    at_least: float = 0.0  # events a second that are wanted whatever the other contenders reach

    @property
    def names(self) -> list[str]:
        """The contenders, ours first."""
        return [entry.contender.name for entry in self.entries]


OURS: Final = "ours"
BY_HAND: Final = "by hand"
FASTSTREAM: Final = "FastStream"
FASTSTREAM_INBOX: Final = "FastStream with an inbox"
NAMEKO: Final = "plain nameko"

HAND_READER: Final = Contender(BY_HAND, "by_hand_reader", promise="effectively once, in order")
FASTSTREAM_READER: Final = Contender(
    FASTSTREAM, "faststream_reader", share=0.25, promise="at least once, in no order; a failed event is lost"
)
FASTSTREAM_INBOX_READER: Final = Contender(
    FASTSTREAM_INBOX,
    "faststream_reader",
    ("--inbox",),
    share=0.25,
    promise="effectively once, in no order; a failed event is lost",
)
NAMEKO_READER: Final = Contender(
    NAMEKO,
    "plain_nameko",
    ("read",),
    queue=f"evt-{work.PUBLISHER}-{work.EVENT_TYPE}--reading.on_event",
    share=0.1,
    promise="at least once, in no order; a failed event is lost",
)


def our_reader(service: str, share: float = 1.0) -> Contender:
    """One of our services that receive."""
    return Contender(
        OURS,
        "ours",
        (service,),
        queue=f"{service}.in",
        content_type=CONTENT_TYPE,
        share=share,
        promise="effectively once, in order, retried, schema checked",
    )


ROWS: Final = (
    Row(
        "project",
        "Project events into read models, effectively once",
        "A full quorum queue is read into a read model. Ours and the loop by hand take up to 200 events in "
        "one transaction; the others one event a call with one commit each.",
        20_000,
        (
            Entry(our_reader("projecting"), runs.read),
            Entry(HAND_READER, runs.read),
            Entry(FASTSTREAM_INBOX_READER, runs.read),
            Entry(NAMEKO_READER, runs.read),
        ),
        {FASTSTREAM_INBOX: 8.0, BY_HAND: 0.8},
    ),
    Row(
        "publish",
        "Publish from the outbox, confirmed",
        "Ours and the relay by hand send what a full outbox holds, wait for every confirm and mark it. "
        "FastStream and nameko have no outbox: they publish events that they make, 200 at a time and one at "
        "a time. The exchange is bound to a quorum queue and to the stream.",
        20_000,
        (
            Entry(Contender(OURS, "ours", (work.PUBLISHER,), promise="outbox, in order"), runs.relay),
            Entry(Contender(BY_HAND, "by_hand_relay", promise="outbox, in order"), runs.relay),
            Entry(
                Contender(FASTSTREAM, "faststream_publisher", share=0.5, promise="no outbox, in no order"),
                runs.publish,
            ),
            Entry(
                Contender(NAMEKO, "plain_nameko", ("publish",), share=0.1, promise="no outbox, in order"),
                runs.publish,
            ),
        ),
        {FASTSTREAM: 2.0, BY_HAND: 0.8},
    ),
    Row(
        "react",
        "One event per call",
        "A full quorum queue is read with one call for each event. Ours commits what has arrived together, "
        "and one by one when a call fails; the others commit after each call, many of them side by side.",
        20_000,
        (
            Entry(our_reader("reacting", share=0.25), runs.read),
            Entry(FASTSTREAM_READER, runs.read),
            Entry(FASTSTREAM_INBOX_READER, runs.read),
            Entry(NAMEKO_READER, runs.read),
        ),
        {FASTSTREAM: 1.0, FASTSTREAM_INBOX: 1.0},
    ),
    Row(
        "rebuild",
        "Full rebuild from the log",
        "A subscriber that is new to the hub reads all that the stream `hub.log` holds into its read model, "
        "before it reads on from its queue.",
        20_000,
        (Entry(our_reader("projecting"), runs.rebuild),),
        at_least=5000.0,
    ),
)
