"""A storm of messages that can never take effect, ten for each event."""

import time
from collections.abc import Iterator
from uuid import uuid4

import amqp
from tests.faults.broker_users import BYSTANDER, PUBLISHER
from tests.faults.cases import forged
from tests.faults.cases.case import Case
from tests.faults.cases.messages import strange
from tests.faults.cases.parked import OPERATOR, parked
from tests.faults.posting import Post, post_many, post_of
from tests.faults.stage import Stage
from tests.faults.systems.catalogue import HUB
from tests.faults.systems.ours.events import ThingChanged, ThingNoticed

from hub_messaging import operator_actions, stored_deliveries
from hub_messaging.topology import exchange_of, source_of
from hubctl.parked import STEP

TIMES = 10  # as many as there are events
WAVES = 4
SECONDS = 15  # over which the events are spread


def storm(stage: Stage) -> None:
    """Send a storm in waves while events flow; then an operator drops all that is parked."""
    stage.start()
    stage.order(per_second=stage.events / SECONDS)
    stage.wait_for_effects(0.05)
    begun = time.monotonic()
    sent, forgeries = stage.events * TIMES, 0
    for first in range(0, sent, sent // WAVES):
        numbers = range(first, first + sent // WAVES)
        post_many(stage, undecodable(stage, numbers[0::3]))
        post_many(stage, broken(stage, numbers[1::3]))
        post_many(stage, strangers(numbers[2::3]), exchange=exchange_of(BYSTANDER), user=BYSTANDER)
        forgeries += len(numbers[2::3])
    stage.wait(f"{sent} parked messages", lambda: parked(stage) == sent, 60)
    stage.wait(f"{forgeries} forgeries", lambda: forged.parked(stage) == forgeries, 5)
    taken = time.monotonic() - begun
    stage.healed()
    begun = time.monotonic()
    drop_all(stage)
    stage.dropped = sent
    stage.findings.append(
        f"{sent:,} parked within {taken:.0f} s, dropped in {time.monotonic() - begun:.1f} s"
    )


def undecodable(stage: Stage, numbers: range) -> Iterator[Post]:
    """Bodies that are no events."""
    for n in numbers:
        body = amqp.Message(b'{"specversion": "1.0", "id": %d' % n, delivery_mode=2)
        yield post_of(stage, strange(stage, n), body)


def broken(stage: Stage, numbers: range) -> Iterator[Post]:
    """Events whose data breaks the schema."""
    for change in (strange(stage, n) for n in numbers):
        yield post_of(stage, change, stage.system.broken_message_of(change))


def strangers(numbers: range) -> Iterator[Post]:
    """Events of the publisher's that another service has sent."""
    source = source_of(HUB, PUBLISHER)
    for n in numbers:
        said = {"source": source, "id": uuid4(), "subject": f"things/{n}", "revision": forged.FAR}
        yield Post(forged.message(type=ThingChanged.type, **said), ThingNoticed.type)


def drop_all(stage: Stage) -> None:
    """Give up all that is parked, as `hubctl parked drop --all` does."""
    with stage.ledger.consumer_session() as session:
        keys = [one.key for one in stored_deliveries.stored(session)]
    for start in range(0, len(keys), STEP):
        with stage.ledger.consumer_session() as session, session.begin():
            operator_actions.drop(session, keys[start : start + STEP], OPERATOR)


CASES = (
    Case(
        "poison storm",
        f"{TIMES} messages for each event that can never take effect, a third of them undecodable, a third "
        "broken, a third forged, come amid the events; then an operator drops all that is parked.",
        storm,
        only_ours=True,
    ),
)
