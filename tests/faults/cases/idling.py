"""Faults while there is nothing to do: no event comes that would clear what a failure has set."""

from tests.faults.cases.case import Case
from tests.faults.cases.databases import SILENT, network_before
from tests.faults.cases.networks import HEARTBEAT
from tests.faults.stage import Stage

AWAY = 25  # seconds


def begin(stage: Stage) -> None:
    """Start, and carry out half of the commands; then there is nothing to do."""
    stage.start()
    stage.order(stage.events // 2)
    stage.wait_for_effects(0.5)
    stage.wait("an empty queue", stage.queue.is_empty, 60)


def servers_away(stage: Stage) -> None:
    """PostgreSQL away, RabbitMQ away, both away."""
    servers = stage.servers
    begin(stage)
    servers.database.stop()
    stage.pause(AWAY)
    servers.database.start()
    over(stage)
    servers.broker.stop()
    stage.pause(AWAY)
    servers.broker.start()
    over(stage)
    servers.database.stop()
    servers.database.start()
    over(stage)


def networks(stage: Stage) -> None:
    """Connections to RabbitMQ reset, refused and silent; then those to PostgreSQL."""
    stage.environment["FAULTS_HEARTBEAT"] = HEARTBEAT
    to_broker, to_database = stage.put_proxy_between(), network_before(stage)
    begin(stage)
    for network in (to_broker, to_database):
        network.cut_if_any()
        over(stage)
        network.refuse_if_any()
        stage.pause(AWAY)
        network.heal()
        over(stage)
        network.fall_silent()
        stage.pause(SILENT)
        network.heal()
        over(stage)


def over(stage: Stage) -> None:
    """Record the end of a fault, and check that both services are ready again by themselves."""
    stage.healed()
    stage.require_ready()


CASES = (
    Case(
        "idle: servers away",
        f"With nothing to do: PostgreSQL is stopped for {AWAY} s, RabbitMQ for {AWAY} s, PostgreSQL "
        "restarted.",
        servers_away,
        short=False,
        only_ours=True,
        ends_broker=True,
    ),
    Case(
        "idle: bad networks",
        f"With nothing to do: connections to RabbitMQ are reset, refused for {AWAY} s and silent for "
        f"{SILENT} s; then those to PostgreSQL.",
        networks,
        short=False,
        only_ours=True,
    ),
)
