"""Faults of RabbitMQ."""

from tests.faults.cases.case import Case
from tests.faults.stage import Stage

LOW_MARK = "0.000001"  # of the machine's memory: any broker is above it
USUAL_MARK = "0.4"


def kill_broker(stage: Stage) -> None:
    """`kill -9` under load."""
    stage.start()
    stage.order(per_second=stage.events / 8)
    stage.wait_for_effects(0.3)
    stage.servers.broker.kill()
    stage.servers.broker.start()
    stage.healed()


def broker_away(stage: Stage) -> None:
    """Away for a minute, under load all the time."""
    stage.start()
    stage.order(per_second=stage.events / 70)
    stage.wait_for_effects(0.05)
    stage.servers.broker.stop()
    stage.pause(60)
    stage.servers.broker.start()
    stage.healed()


def broker_away_at_start(stage: Stage) -> None:
    """Not there when the services start, and for a while after."""
    stage.start()
    for program in stage.everyone:
        program.stop()
    stage.servers.broker.stop()
    stage.order()
    for program in stage.everyone:
        program.start()
    stage.pause(8)
    stage.servers.broker.start()
    stage.healed()


def memory_alarm(stage: Stage) -> None:
    """RabbitMQ runs out of the memory that it may use: it reads nothing more from publishers."""
    stage.start()
    stage.order(per_second=stage.events / 10)
    stage.wait_for_effects(0.2)
    stage.servers.broker.tell("set_vm_memory_high_watermark", LOW_MARK)
    try:
        stage.pause(10)
    finally:
        stage.servers.broker.tell("set_vm_memory_high_watermark", USUAL_MARK)
    stage.healed()


CASES = (
    Case(
        "broker kill -9",
        "RabbitMQ is ended by SIGKILL under load and started again.",
        kill_broker,
        ends_broker=True,
    ),
    Case(
        "broker away 60 s",
        "RabbitMQ is stopped for 60 s under load.",
        broker_away,
        short=False,
        ends_broker=True,
    ),
    Case(
        "broker away at start",
        "Both services start while RabbitMQ is not there; it comes 8 s later.",
        broker_away_at_start,
        ends_broker=True,
    ),
    Case(
        "broker memory alarm",
        "RabbitMQ's memory alarm blocks publishers for 10 s under load.",
        memory_alarm,
        short=False,
    ),
)
