"""Faults of the network between the programs and RabbitMQ, made by a proxy of ours."""

from tests.faults.cases.case import Case
from tests.faults.stage import Stage

HEARTBEAT = "4"  # seconds; with the usual half minute a dead connection is noticed after a minute or more


def cut(stage: Stage) -> None:
    """Reset three times, the last time for five seconds."""
    network = stage.put_proxy_between()
    stage.start()
    stage.order(per_second=stage.events / 10)
    for share in (0.15, 0.3):
        stage.wait_for_effects(share)
        network.cut()
    stage.wait_for_effects(0.45)
    network.refuse()
    stage.pause(5)
    network.heal()
    stage.healed()


def half_open(stage: Stage) -> None:
    """Drop all bytes of the present connections, without a reset to either end."""
    stage.environment["FAULTS_HEARTBEAT"] = HEARTBEAT
    network = stage.put_proxy_between()
    stage.start()
    stage.order(per_second=stage.events / 10)
    stage.wait_for_effects(0.3)
    network.swallow()
    stage.healed()


def slow(stage: Stage) -> None:
    """Late and little by little, for a while."""
    network = stage.put_proxy_between()
    stage.start()
    stage.order(per_second=stage.events / 8)
    stage.wait_for_effects(0.2)
    network.slow_down()
    stage.pause(15)
    network.heal()
    stage.healed()


CASES = (
    Case(
        "network cut",
        "Every connection to RabbitMQ is reset three times, and then none is possible for 5 s.",
        cut,
    ),
    Case(
        "network half-open",
        f"Packets to and from RabbitMQ are dropped without a reset (heartbeat {HEARTBEAT} s); "
        "new connections work.",
        half_open,
        short=False,
    ),
    Case(
        "network slow",
        "For 15 s, 30 ms late and 50 kB/s for each connection, in pieces that split every frame.",
        slow,
        short=False,
    ),
)
