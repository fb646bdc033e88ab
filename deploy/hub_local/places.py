"""Paths of the checkout, its source folders, and the files below `.local/` that a run writes."""

import os
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE_ROOTS = (
    "shared",
    *(f"services/{name}" for name in ("enrolment", "visits", "notifications", "reporting")),
    "deploy",
)


@dataclass(frozen=True)
class Places:
    """The folders below `.local/`, or below a test's own folder."""

    base: Path

    @property
    def logs(self) -> Path:
        """One log file for each program."""
        return self.base / "log"

    @property
    def records(self) -> Path:
        """Folder of process ids and of the lock."""
        return self.base / "run"

    @property
    def lock(self) -> Path:
        """Lock file of the run of this checkout."""
        return self.records / "lock"

    @property
    def address(self) -> Path:
        """File with the URL at which the running hub answers."""
        return self.records / "address"

    @property
    def connections(self) -> Path:
        """File with the URLs of databases and broker, passwords included; `hubctl` reads it during a run."""
        return self.records / "connections.json"

    @property
    def secrets(self) -> Path:
        """Generated passwords and keys, readable by their owner only."""
        return self.base / "secrets"

    @property
    def tokens(self) -> Path:
        """Folder of issued and revoked tokens, which `hubctl` writes."""
        return self.base / "tokens"

    @property
    def broker(self) -> Path:
        """Folder of RabbitMQ's data and settings."""
        return self.base / "broker"

    @property
    def postgres(self) -> Path:
        """Folder of PostgreSQL's data."""
        return self.base / "postgres"

    @property
    def mail(self) -> Path:
        """The local mailbox: one .eml file for each message that would have been sent."""
        return self.base / "mail"


LOCAL = Places(ROOT / ".local")


def python_path() -> str:
    """Return PYTHONPATH with the source folders of this checkout first."""
    own = [str(ROOT / folder) for folder in SOURCE_ROOTS]
    return os.pathsep.join([*own, *filter(None, [os.environ.get("PYTHONPATH")])])
