"""One database for each system with its tables, made once; each case begins with a copy."""

from collections.abc import Iterable
from pathlib import Path
from threading import Lock

import sqlalchemy as sa
from tests.faults.servers import Servers
from tests.faults.systems.catalogue import System
from tests.faults.systems.tables import metadata

from hub_platform.migrations import migrate

one_at_a_time = Lock()  # alembic keeps the migration that runs in variables of its modules
MIGRATIONS = Path(__file__).parent / "systems" / "ours" / "migrations"


def prepare(servers: Servers, systems: Iterable[System]) -> None:
    """Make the template databases."""
    for system in systems:
        name = f"template_{system.name}"
        servers.database.server.execute(f"CREATE DATABASE {name} TEMPLATE template0")
        url = servers.database.url_of(name)
        if system.is_ours:
            with one_at_a_time:
                migrate(url, MIGRATIONS)
            continue
        engine = sa.create_engine(url, poolclass=sa.NullPool)
        metadata.create_all(engine)
        engine.dispose()
