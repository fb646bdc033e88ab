"""Faults of the handler: it waits too long, or it computes and lets nothing else run."""

from tests.faults.cases.case import Case
from tests.faults.stage import Stage

TIMEOUT = 4  # seconds that RabbitMQ waits for an acknowledgement
USUAL_TIMEOUT = 1800
HEARTBEAT = 2  # seconds; RabbitMQ gives a connection up after two or three of them
TOO_LONG = 8  # seconds


def set_timeout(stage: Stage, seconds: int) -> None:
    """How long RabbitMQ waits for an acknowledgement, and how often it looks."""
    stage.servers.broker.tell(
        "eval",
        f"application:set_env(rabbit, consumer_timeout, {seconds * 1000}), "
        "application:set_env(rabbit, channel_tick_interval, 1000).",
    )


def slower_than_the_timeout(stage: Stage) -> None:
    """Two events take longer than RabbitMQ waits."""
    set_timeout(stage, TIMEOUT)
    stage.afterwards.append(lambda: set_timeout(stage, USUAL_TIMEOUT))
    stage.environment["FAULTS_SLEEPS"] = waits(stage)
    stage.start()
    stage.order(per_second=stage.events / 5)
    stage.wait_for_accepted(stage.events)
    stage.healed()


def past_the_heartbeat(stage: Stage) -> None:
    """Two events take the processor for longer than RabbitMQ waits for a heartbeat."""
    stage.environment |= {"FAULTS_HEARTBEAT": str(HEARTBEAT), "FAULTS_BURNS": waits(stage)}
    stage.start()
    stage.order(per_second=stage.events / 5)
    stage.wait_for_accepted(stage.events)
    stage.healed()


def waits(stage: Stage) -> str:
    """Which commands' events take too long: one of the type handled singly, one of the type in batches."""
    single = stage.events // 8 * 4
    return f"{single}:{TOO_LONG},{single + stage.events // 20 * 4 + 1}:{TOO_LONG}"


CASES = (
    Case(
        "consumer slower than the consumer timeout",
        f"Handling two of the events takes {TOO_LONG} s; RabbitMQ waits {TIMEOUT} s for an acknowledgement.",
        slower_than_the_timeout,
        short=False,
    ),
    Case(
        "CPU-bound handler past the heartbeat",
        f"Handling two of the events computes {TOO_LONG} s without a pause; the heartbeat is {HEARTBEAT} s.",
        past_the_heartbeat,
        short=False,
    ),
)
