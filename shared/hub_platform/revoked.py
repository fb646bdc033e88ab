"""Tokens that were taken back: a file that `hubctl tokens revoke` writes and services read."""

import json
import math
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

LOOK_EVERY: Final = 10.0  # seconds; a revocation takes effect within a minute (design: "Access")
LOOK_AGAIN: Final = 1.0  # seconds, while the file cannot be read


class Unreadable(Exception):
    """The file is there, cannot be read, and never could."""


@dataclass
class Revoked:
    """The ids (`jti`) of revoked tokens, as the file had them when it could last be read.

    No file means that nothing was revoked yet. A file that has become unreadable leaves what was known in
    force, and readiness says so.
    """

    path: Path | None
    _reason: str | None = None  # why what is known may be old
    _ids: frozenset[str] | None = None
    _looked_at: float = field(default=-math.inf)
    _seen: tuple[int, int] | None = None  # when it was written, and how long it was

    def holds(self, token_id: str | None) -> bool:
        """Whether a token was revoked; what bears no id cannot have been.

        Raises:
            Unreadable: the list has never been read.
        """
        self._look_when_due()
        if self._ids is None:
            self._looked_at = -math.inf
            raise Unreadable
        return token_id in self._ids

    @property
    def reason(self) -> str | None:
        """The reason why the list may be outdated, for the readiness probe; reads the file itself."""
        self._look_when_due()
        return self._reason

    def _look_when_due(self) -> None:
        now = time.monotonic()
        if now - self._looked_at >= (LOOK_EVERY if self._reason is None else LOOK_AGAIN):
            self._looked_at = now
            self._look()

    def _look(self) -> None:
        try:
            self._read()
        except FileNotFoundError:
            self._ids, self._seen, self._reason = frozenset(), None, None
        except (OSError, ValueError, TypeError, KeyError):
            self._reason = "the list of revoked tokens cannot be read"

    def _read(self) -> None:
        if self.path is None:
            self._ids = frozenset()
            return
        status = self.path.stat()
        seen = (status.st_mtime_ns, status.st_size)
        if seen != self._seen or self._ids is None:
            self._ids = frozenset(map(str, json.loads(self.path.read_text())["revoked"]))
            self._seen = seen
        self._reason = None
