"""The one way this package gives up: with a sentence for the person at the terminal."""

from pathlib import Path

LAST_LINES = 15


class CannotStart(Exception):
    """The message says in one sentence what is wrong and what to do; `lines` are evidence from a log."""

    def __init__(self, message: str, *, log: Path | None = None) -> None:
        super().__init__(message)
        self.log = log
        self.lines = last_lines(log) if log is not None else []


def last_lines(log: Path, count: int = LAST_LINES) -> list[str]:
    """The end of a log file, or nothing when there is no such file yet."""
    try:
        text = log.read_text(errors="replace")
    except FileNotFoundError:
        return []
    return text.splitlines()[-count:]
