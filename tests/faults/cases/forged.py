"""Forged events: they name a publisher that did not send them, and come on every way there is."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import amqp
from tests.faults.broker_users import BYSTANDER, CONSUMER, PUBLISHER
from tests.faults.cases.case import Case
from tests.faults.cases.messages import LOAD, strange
from tests.faults.counting import Change
from tests.faults.posting import ADMINISTRATOR, Post, is_refused, post, post_of
from tests.faults.stage import Stage, Stuck
from tests.faults.systems.catalogue import EXCHANGE, HUB
from tests.faults.systems.ours.events import ThingChanged, ThingMarked, ThingNoticed

from hub_messaging.envelope import CONTENT_TYPE, Envelope
from hub_messaging.provenance import Forged
from hub_messaging.topology import LOG_QUEUE, exchange_of, queue_of, source_of

EACH = 5  # forgeries of each kind
FAR = 1000  # a revision that no true event of a case reaches
NO_EXCHANGE = ""  # the broker's default one: the routing key names the queue


def live(stage: Stage) -> None:
    """Another service publishes what its exchange routes into the consumer's queue."""
    _begin(stage)
    later = strange(stage, 0)
    forge(stage, [*stolen(stage, ThingNoticed.type, later), *impostors()], exchange_of(BYSTANDER), BYSTANDER)
    forge(stage, posts(ThingNoticed, ThingChanged.type, source_of(HUB, BYSTANDER)), EXCHANGE, PUBLISHER)
    _require_refused(stage, EXCHANGE, ThingChanged.type, BYSTANDER, CONSUMER)
    _end(stage, later)


def from_the_log(stage: Stage) -> None:
    """Another service publishes what only the log receives; then the consumer needs the log."""
    _begin(stage)
    later = strange(stage, 0)
    for type_ in (ThingChanged.type, ThingMarked.type):
        forge(stage, stolen(stage, type_, later), exchange_of(BYSTANDER), BYSTANDER)
    _require_refused(stage, NO_EXCHANGE, LOG_QUEUE, BYSTANDER, CONSUMER, PUBLISHER)
    # A message written into the log itself has no routing key that a service subscribes to.
    post(stage, posts(ThingChanged, LOG_QUEUE), exchange=NO_EXCHANGE, user=ADMINISTRATOR)
    stage.delete_queue()
    _end(stage, later)


def direct(stage: Stage) -> None:
    """An administrator's tool writes into the queue itself, which no service may."""
    _begin(stage)
    later = strange(stage, 0)
    queue = queue_of(CONSUMER)
    forge(stage, stolen(stage, queue, later), NO_EXCHANGE, ADMINISTRATOR)
    copies = [Post(stage.system.message_of(true), queue) for true in stage.ledger.accepted()[:EACH]]
    forge(stage, copies, NO_EXCHANGE, ADMINISTRATOR)
    _require_refused(stage, NO_EXCHANGE, queue, BYSTANDER, CONSUMER, PUBLISHER)
    _end(stage, later)


def _begin(stage: Stage) -> None:
    stage.start()
    stage.order(per_second=stage.events / LOAD)
    stage.wait_for_effects(0.3)


def _end(stage: Stage, later: Change) -> None:
    """The true event whose id was used comes after its forgery."""
    stage.wait("the forgeries to be parked", lambda: parked(stage) >= stage.forged, 60)
    stage.extra = [later]
    post(stage, [post_of(stage, later)])
    stage.healed()


def parked(stage: Stage) -> int:
    """How many forgeries have been parked."""
    return stage.ledger.parked_as(Forged.__name__)


def forge(stage: Stage, forgeries: Sequence[Post], exchange: str, user: str) -> None:
    """Send forgeries, each of which must end parked."""
    post(stage, forgeries, exchange=exchange, user=user)
    stage.forged += len(forgeries)
    stage.unreadable += len(forgeries)


def stolen(stage: Stage, routing_key: str, later: Change) -> list[Post]:
    """Events of the publisher's: of ids that are new, have come, and are still to come."""
    come = [one.event_id for one in stage.ledger.accepted()[:EACH]]
    ids = [UUID(one) for one in (*come, later.event_id)]
    return [
        *posts(ThingChanged, routing_key),
        *posts(ThingMarked, routing_key),
        *posts(ThingChanged, routing_key, ids=ids),
    ]


def impostors() -> list[Post]:
    """Events of the bystander's own type, in the name of others."""
    sources = (source_of(HUB, PUBLISHER), source_of("elsewhere", BYSTANDER))
    return [one for source in sources for one in posts(ThingNoticed, ThingNoticed.type, source)]


def posts(
    class_: type[ThingChanged], key: str, source: str = source_of(HUB, PUBLISHER), ids: Iterable[UUID] = ()
) -> list[Post]:
    """Forgeries of one type, about subjects that there are, far ahead of their revisions."""
    return [
        Post(message(type=class_.type, source=source, id=id_, subject=f"things/{n}", revision=FAR + n), key)
        for n, id_ in enumerate(ids or [uuid4() for _ in range(EACH)])
    ]


def message(**said: Any) -> amqp.Message:
    """Return a well-formed event with the given attributes."""
    thing = said["subject"]
    envelope = Envelope(**said, version=1, time=datetime.now(UTC), data={"n": 1, "thing": thing})
    return amqp.Message(envelope.to_bytes(), content_type=CONTENT_TYPE, delivery_mode=2)


def _require_refused(stage: Stage, exchange: str, key: str, *users: str) -> None:
    """See that services cannot send on this way at all."""
    (one, *_) = posts(ThingChanged, key)
    for user in users:
        if not is_refused(stage, one, exchange=exchange, user=user):
            raise Stuck(f"the broker let {user} publish through {exchange!r} as {key!r}")


CASES = (
    Case(
        "forged events live",
        "Another service sends events in the publisher's name through its own exchange, one with the id of a "
        "true event that comes later; the broker permits only the publisher to use the publisher's exchange.",
        live,
        only_ours=True,
    ),
    Case(
        "forged events in the log",
        "The same into the log, and some written into the log itself; then the consumer's queue is deleted, "
        "so that the log is read.",
        from_the_log,
        short=False,
        only_ours=True,
    ),
    Case(
        "forged events written into the queue",
        "An administrator's tool writes events, among them copies of true ones, into the consumer's queue "
        "itself; the broker lets no service do so.",
        direct,
        short=False,
        only_ours=True,
    ),
)
