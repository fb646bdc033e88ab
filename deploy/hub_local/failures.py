"""The exception with which a start is given up, and the message that the operator reads."""

from pathlib import Path

LAST_LINES = 15


class CannotStart(Exception):
    """A start that cannot go on; the message states the reason and the remedy, `lines` are from a log."""

    def __init__(self, message: str, *, log: Path | None = None) -> None:
        super().__init__(message)
        self.log = log
        self.lines = last_lines(log) if log is not None else []


def last_lines(log: Path, count: int = LAST_LINES) -> list[str]:
    """Return the last lines of a log file; an empty list without a file."""
    try:
        text = log.read_text(errors="replace")
    except FileNotFoundError:
        return []
    return text.splitlines()[-count:]
