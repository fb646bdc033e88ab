"""What the rebuild command says on standard output, and whether it was interrupted."""

import json
import sys
import time
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from hub_messaging.rebuild import Rebuilt

BETWEEN_REPORTS: Final = 0.2  # seconds


def loss_sentence(rebuilt: Rebuilt) -> str:
    """What a switch would lose, and how an operator accepts that."""
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
    """Ctrl-C, remembered: it may be raised where Python drops what is raised, as in a finaliser."""

    def __init__(self) -> None:
        self.asked = False

    def hear(self, _signal: int, _frame: object) -> None:
        """Remember the signal, and raise it."""
        self.asked = True
        raise KeyboardInterrupt

    def check(self) -> None:
        """Raise it again when we are still at work."""
        if self.asked:
            raise KeyboardInterrupt


@dataclass
class Words:
    """What is said on standard output."""

    as_json: bool
    interruption: Interruption = field(default_factory=Interruption)
    of: int = 0  # messages that are to be expected
    said: int = 0  # messages that were read when this was last said
    said_at: float = field(default_factory=time.monotonic)

    def progress(self, read: int) -> None:
        """Say how far reading has come, now and then.

        Raises:
            KeyboardInterrupt: somebody wanted us to stop, and we have not.
        """
        self.interruption.check()
        if read != self.said and time.monotonic() - self.said_at >= BETWEEN_REPORTS:
            self.said, self.said_at = read, time.monotonic()
            self._say({"read": read, "of": max(self.of, read)}, f"read {read:,} events")

    def result(self, rebuilt: Rebuilt) -> None:
        """Say what came of it."""
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
        """Say why it could not be done."""
        self._say({"error": sentence}, sentence)

    def _say(self, values: dict[str, Any], text: str) -> None:
        sys.stdout.write((json.dumps(values, default=str) if self.as_json else text) + "\n")
        sys.stdout.flush()
