"""The machine that the figures were measured on, read from the machine itself."""

import os
import platform
import statistics
import time
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Final

import psutil
import sqlalchemy as sa
from tests.bench.servers import Servers
from tests.support.amqp import connected

PACKAGES: Final = (
    "nameko", "kombu", "amqp", "eventlet", "SQLAlchemy", "psycopg2-binary", "faststream", "aio-pika",
    "aiormq", "asyncpg", "pydantic", "fastapi", "uvicorn", "psycopg",
)  # fmt: skip
SETTINGS: Final = ("server_version", "fsync", "synchronous_commit", "full_page_writes", "shared_buffers")
WRITES: Final = 100


def facts(servers: Servers) -> dict[str, str]:
    """Name and value of each, for people."""
    busy = os.getloadavg()[0]
    known = {
        "measured on": f"{datetime.now(UTC):%d %B %Y}",
        "processor": f"{os.cpu_count()} cores, {_processor()}",
        "memory": f"{psutil.virtual_memory().total / 2**30:.1f} GiB",
        "system": f"{platform.system()} {platform.release()}",
        "other load when it began": f"{busy:.1f} (load average of a minute; 0 is a quiet machine)",
        "disk": f"{_flush(servers.places.base) * 1000:.2f} ms to write and flush 8 kB (median of {WRITES})",
        "Python": platform.python_version(),
        "RabbitMQ": _broker_version(servers)
        + ", one node; quorum queues and streams flush what they confirm",
    }
    settings = _settings(servers)
    known["PostgreSQL"] = settings.pop("server_version")
    known["PostgreSQL's settings"] = ", ".join(f"{name} {value}" for name, value in settings.items())
    known["packages"] = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return known


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _flush(folder: Path) -> float:
    """Seconds that the disk takes to keep a page: what every commit waits for."""
    took = []
    file = folder / "flush"
    with file.open("wb", buffering=0) as handle:
        for _ in range(WRITES):
            handle.write(bytes(8192))
            begun = time.perf_counter()
            os.fsync(handle.fileno())
            took.append(time.perf_counter() - begun)
    file.unlink()
    return statistics.median(took)


def _broker_version(servers: Servers) -> str:
    with connected(servers.amqp_uri) as connection:
        return str(connection.server_properties["version"])


def _settings(servers: Servers) -> dict[str, str]:
    engine = sa.create_engine(servers.admin_url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        return {name: str(connection.scalar(sa.text(f"SHOW {name}"))) for name in SETTINGS}
