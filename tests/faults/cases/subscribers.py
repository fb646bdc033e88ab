"""Subscribers of other organisations that are slow, dead, greedy or hostile, next to the services."""

from collections.abc import Callable
from datetime import UTC, datetime

from tests.faults.broker_users import PUBLISHER
from tests.faults.cases.case import Case
from tests.faults.stage import Stage, Stuck
from tests.faults.strangers import Act, Stranger, forbidden, management
from tests.faults.systems.ours.events import ThingChanged, ThingMarked

from hub_messaging.subscribers import lifecycle
from hub_messaging.subscribers.limits import CONNECTIONS, DEAD_MESSAGES, Limits
from hub_messaging.subscribers.naming import dead_queue_of, queue_of
from hub_messaging.subscribers.state import RegisteredSubscriber

NAME = "stranger"
LOAD = 20  # seconds over which the commands are spread
TYPES = (ThingChanged.type, ThingMarked.type)
FULL = 50  # messages that a small queue holds
RECONNECTS = 100  # in a second, at most
THREADS = 50  # that reconnect, so that the time that each takes matters little
PREFETCH = 65_535  # the most that AMQP can ask for


def added(stage: Stage, limits: Limits | None = None) -> Stranger:
    """Add a subscriber as `hubctl subscribers add` does; it is removed after the case."""
    uri, broker = stage.direct_uri, management(stage)
    known = RegisteredSubscriber(
        name=NAME,
        asked=TYPES,
        events={PUBLISHER: TYPES},
        since="now",
        added_at=datetime.now(UTC),
        added_by="the fault suite",
    )
    password = lifecycle.add(uri, broker, known, limits or Limits())
    stage.afterwards.append(lambda: lifecycle.remove(uri, broker, NAME))
    return Stranger(stage, NAME, password)


def while_acting(act: Act, threads: int = 1) -> Callable[[Stage], None]:
    """A case in which a subscriber does something in a loop, in so many threads, as long as there is load."""

    def run(stage: Stage) -> None:
        stage.start()
        with added(stage) as stranger:
            stage.order(per_second=stage.events / LOAD)
            stage.wait_for_effects(0.1)
            stranger.begin(act, threads)
            stage.wait("the subscriber to act", lambda: stranger.acted > 0, 60)
            stage.wait_for_effects(0.5)
            stage.require_ready_now("while the subscriber acts")
            stage.wait_for_effects(1.0)
            often = stranger.per_second
            stranger.end()
        stage.findings.append(f"the subscriber acted {stranger.acted:,} times, {often:.0f} a second")
        stage.healed()

    return run


def dead(stage: Stage) -> None:
    """A subscriber that never connects; its queue is full long before the load ends."""
    stage.start()
    with added(stage, Limits(messages=FULL)):
        stage.order(per_second=stage.events / LOAD)
        stage.wait_for_effects(1.0)
        broker = management(stage)

        def held(queue: str) -> int:
            return int((broker.get("queues", stage.vhost, queue) or {}).get("messages", -1))

        stage.wait("the queue to be full", lambda: held(queue_of(NAME)) == FULL, 60)
        expected = min(stage.events - FULL, DEAD_MESSAGES)
        stage.wait("the rest to be dead-lettered", lambda: held(dead_queue_of(NAME)) == expected, 60)
    stage.healed()


def flooding(stage: Stage) -> None:
    """Whatever a subscriber may not do, again and again on each connection that it may have."""
    stage.start()
    with added(stage) as stranger:
        stage.order(per_second=stage.events / LOAD)
        stage.wait_for_effects(0.1)
        stranger.begin(Stranger.attempt, threads=CONNECTIONS)
        stage.wait_for_effects(0.5)
        stage.require_ready_now("while it is flooded")
        stage.wait_for_effects(1.0)
        kinds = len(forbidden(stranger.queue, stranger.victim))
        stage.wait("every kind of attempt", lambda: stranger.acted > kinds or bool(stranger.allowed), 60)
        stranger.end()
    if stranger.allowed:
        raise Stuck(f"the broker let a subscriber {', '.join(sorted(stranger.allowed))}")
    stage.findings.append(f"{stranger.acted:,} attempts were refused")
    stage.healed()


CASES = (
    Case(
        "subscriber never acknowledges",
        f"A subscriber consumes with a prefetch of {PREFETCH:,} and acknowledges nothing.",
        while_acting(lambda stranger: stranger.hoard(PREFETCH)),
        only_ours=True,
    ),
    Case(
        "subscriber stops reading",
        "A subscriber consumes without a prefetch and stops reading its connection, which stays open.",
        while_acting(Stranger.stall),
        short=False,
        only_ours=True,
    ),
    Case(
        "subscriber rejects everything",
        "A subscriber requeues every event at once, until it has been delivered so often that the broker "
        "dead-letters it.",
        while_acting(Stranger.requeue),
        short=False,
        only_ours=True,
    ),
    Case(
        "subscriber is dead",
        f"A subscriber never connects, and its queue may hold {FULL} events: the oldest are dead-lettered.",
        dead,
        only_ours=True,
    ),
    Case(
        "subscriber floods",
        "A subscriber publishes, declares, binds, purges, deletes and reads what is not its own, on every "
        "connection that it may have, without a pause; the broker refuses each attempt.",
        flooding,
        only_ours=True,
    ),
    Case(
        f"subscriber reconnects {RECONNECTS} times a second",
        f"A subscriber connects and leaves up to {RECONNECTS} times a second, every other time with a wrong "
        "password, and not through the AMQP gateway, which would refuse most of it.",
        while_acting(lambda stranger: stranger.reconnect(THREADS / RECONNECTS), THREADS),
        short=False,
        only_ours=True,
    ),
    Case(
        "subscriber opens all it can",
        "A subscriber opens connections and channels until the broker refuses, each channel with a consumer "
        f"and a prefetch of {PREFETCH:,}.",
        while_acting(Stranger.multiply),
        short=False,
        only_ours=True,
    ),
)
