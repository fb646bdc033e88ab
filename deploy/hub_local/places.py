"""Where things are: the checkout, its source folders, and `.local/` with all that a run writes."""

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
    """The folders below `.local/`, or below wherever a test puts them."""

    base: Path

    @property
    def logs(self) -> Path:
        """One log file for each program."""
        return self.base / "log"

    @property
    def records(self) -> Path:
        """Process numbers and the lock of the run."""
        return self.base / "run"

    @property
    def lock(self) -> Path:
        """Held by the run that is on; says where it answers."""
        return self.records / "lock"

    @property
    def connections(self) -> Path:
        """Where databases and broker are, with passwords, while a run is on: for `hubctl`."""
        return self.records / "connections.json"

    @property
    def secrets(self) -> Path:
        """Generated passwords and keys, readable by their owner only."""
        return self.base / "secrets"

    @property
    def tokens(self) -> Path:
        """Which tokens were given out by `hubctl`, and which were taken back."""
        return self.base / "tokens"

    @property
    def broker(self) -> Path:
        """RabbitMQ's data and settings."""
        return self.base / "broker"

    @property
    def postgres(self) -> Path:
        """PostgreSQL's data."""
        return self.base / "postgres"

    @property
    def mail(self) -> Path:
        """The local mailbox: one .eml file for each message that would have been sent."""
        return self.base / "mail"


LOCAL = Places(ROOT / ".local")


def python_path() -> str:
    """PYTHONPATH for the programs of this checkout, before whatever is set already."""
    own = [str(ROOT / folder) for folder in SOURCE_ROOTS]
    return os.pathsep.join([*own, *filter(None, [os.environ.get("PYTHONPATH")])])
