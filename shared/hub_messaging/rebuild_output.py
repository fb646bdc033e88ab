"""Output of the rebuild command, and its interruption."""

import json
import sys
import time
from dataclasses import asdict, dataclass, field
from typing import Final

from hub_messaging.rebuild import Rebuilt

BETWEEN_REPORTS: Final = 0.2  # seconds


def loss_sentence(rebuilt: Rebuilt) -> str:
    """Return the sentence on the loss by a switch, with the SHA-256 that accepts it."""
    loss = rebuilt.loss
    if loss is None:
        return ""
    rows = ", ".join(f"{n:,} of {table}" for table, n in loss.rows.items()) or "none"
    return (
        f"History is not complete: {loss.subjects:,} subjects do not begin with their first event or lack"
        f" later ones, and {loss.events:,} events that have taken effect are missing."
        f" Rows that only the live tables hold: {rows}. Listed in {loss.file}, SHA-256 {loss.sha256}."
    )


class Interruption:
    """Ctrl-C, stored: it may be raised where Python discards exceptions, such as a finaliser."""

    def __init__(self) -> None:
        self.asked = False

    def receive(self, _signal: int, _frame: object) -> None:
        """Store the signal, and raise it."""
        self.asked = True
        raise KeyboardInterrupt

    def check(self) -> None:
        """Raise it again if the work has not ended."""
        if self.asked:
            raise KeyboardInterrupt


@dataclass
class Words:
    """Writes text or JSON lines to standard output."""

    as_json: bool
    interruption: Interruption = field(default_factory=Interruption)
    of: int = 0  # messages expected
    said: int = 0  # messages read at the last report
    said_at: float = field(default_factory=time.monotonic)

    def progress(self, read: int) -> None:
        """Report the messages read, at most every 0.2 s.

        Raises:
            KeyboardInterrupt: the command was interrupted.
        """
        self.interruption.check()
        if read != self.said and time.monotonic() - self.said_at >= BETWEEN_REPORTS:
            self.said, self.said_at = read, time.monotonic()
            self._say({"read": read, "of": max(self.of, read)}, f"read {read:,} events")

    def result(self, rebuilt: Rebuilt) -> None:
        """Write the result."""
        if self.as_json:
            self._say({"result": asdict(rebuilt)}, "")
            return
        for one in rebuilt.compared:
            differs = "same" if one.digest is None else f"-{one.only_live} +{one.only_new} {one.digest[:8]}"
            self._say({}, f"{one.table:<24} {one.live:>9,} {one.new:>9,}  {differs}")
        if rebuilt.loss is not None:
            self._say({}, loss_sentence(rebuilt))
        rate = rebuilt.read / max(rebuilt.seconds, 0.001)
        self._say({}, f"{rebuilt.read:,} events read, {rate:,.0f} a second; undone: {rebuilt.undone}")
        self._say({}, "switched" if rebuilt.switched else "nothing was switched")

    def error(self, sentence: str) -> None:
        """Write the reason of a failure."""
        self._say({"error": sentence}, sentence)

    def _say(self, values: dict[str, object], text: str) -> None:
        sys.stdout.write((json.dumps(values, default=str) if self.as_json else text) + "\n")
        sys.stdout.flush()
