"""Faults of PostgreSQL."""

from tests.faults.cases.case import Case
from tests.faults.network import Network
from tests.faults.stage import Stage

SILENT = 45  # seconds: a database that says nothing is to be given up within 30


def restart_database(stage: Stage) -> None:
    """Stopped and started under load."""
    stage.start()
    stage.order(per_second=stage.events / 8)
    stage.wait_for_effects(0.3)
    stage.servers.database.stop()
    stage.servers.database.start()
    stage.healed()


def database_away(stage: Stage) -> None:
    """Away for half a minute."""
    stage.start()
    stage.order(per_second=stage.events / 8)
    stage.wait_for_effects(0.3)
    stage.servers.database.stop()
    stage.pause(30)
    stage.servers.database.start()
    stage.healed()


def network_before(stage: Stage) -> Network:
    """A network on the way to PostgreSQL that can be bad, for the programs that start from now on."""
    return stage.networks.before(stage.servers.database.port, "database-proxy")


def database_silent(stage: Stage) -> None:
    """Drop all bytes to and from PostgreSQL, on new connections too."""
    network = network_before(stage)
    stage.start()
    stage.order(per_second=stage.events / 8)
    stage.wait_for_effects(0.3)
    network.fall_silent()
    stage.pause(SILENT)
    network.heal()
    stage.healed()


CASES = (
    Case("PostgreSQL restart", "PostgreSQL is stopped and started again under load.", restart_database),
    Case("PostgreSQL away 30 s", "PostgreSQL is stopped for 30 s under load.", database_away, short=False),
    Case(
        f"PostgreSQL half-open {SILENT} s",
        f"Packets to and from PostgreSQL are dropped for {SILENT} s under load, without a reset; connections "
        "of that time stay dead.",
        database_silent,
        short=False,
        only_ours=True,
    ),
)
