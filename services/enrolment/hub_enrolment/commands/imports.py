"""The command to import a file of the register (GIAS)."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, kw_only=True)
class ImportGias:
    """Import a file, or preview what that would change."""

    apply: bool
    file_date: date | None = None  # of the file, where the sender names it
