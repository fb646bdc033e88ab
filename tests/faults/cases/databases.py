"""Faults of PostgreSQL."""

from tests.faults.cases.case import Case
from tests.faults.stage import Stage


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


CASES = (
    Case("PostgreSQL restart", "PostgreSQL is stopped and started again under load.", restart_database),
    Case("PostgreSQL away 30 s", "PostgreSQL is stopped for 30 s under load.", database_away, short=False),
)
