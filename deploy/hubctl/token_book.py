"""The issued and revoked tokens of a hub: two files in one folder, changed by one command at a time.

`issued.json` lists each token with its subject and roles; only the operator reads it. `revoked.json` lists
the ids that services refuse (`hub_platform.revoked`), without their subjects.
"""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from filelock import FileLock

from hub_contracts.json_text import JsonMapping
from hub_platform.tokens import Issued
from hubctl.places import WrongUse

ISSUED: Final = "issued.json"
REVOKED: Final = "revoked.json"


@dataclass(frozen=True)
class Entry:
    """A token with its issuer, its use and its revocation."""

    token: Issued
    by: str
    use: str = "bearer"  # or "sign-in"
    revoked_at: datetime | None = None
    revoked_by: str | None = None
    why: str | None = None

    def state(self, now: datetime) -> str:
        """Return `valid`, `expired` or `revoked`."""
        if self.revoked_at is not None:
            return "revoked"
        return "expired" if self.token.expires_at <= now else "valid"


class TokenBook:
    """The folder of both files."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def entries(self) -> list[Entry]:
        """Return all recorded tokens, the oldest first.

        Raises:
            WrongUse: the file cannot be read.
        """
        path = self._folder / ISSUED
        try:
            return [_entry(one) for one in json.loads(path.read_text())["issued"]]
        except FileNotFoundError:
            return []
        except (OSError, ValueError, KeyError, TypeError) as exc:
            raise WrongUse(f"{path} cannot be read ({type(exc).__name__}).") from exc

    @contextmanager
    def changing(self) -> Iterator[list[Entry]]:
        """Yield the tokens to be changed in place; both files are written at the end, under a lock.

        Raises:
            WrongUse: the folder cannot be written.
        """
        lock = FileLock(self._folder / ".lock", mode=0o600)
        try:
            self._folder.mkdir(mode=0o755, parents=True, exist_ok=True)
            lock.acquire()
        except OSError as exc:
            raise WrongUse(f"{self._folder} cannot be written ({type(exc).__name__}).") from exc
        try:
            entries = self.entries()
            yield entries
            # Services refuse what revoked.json lists: it is written before issued.json shows it as revoked.
            revoked = sorted(one.token.id for one in entries if one.revoked_at is not None)
            _write(self._folder / REVOKED, {"revoked": revoked}, 0o644)
            _write(self._folder / ISSUED, {"issued": [_plain(one) for one in entries]}, 0o600)
        finally:
            lock.release()


def _plain(entry: Entry) -> dict[str, object]:
    return asdict(entry)


def _entry(value: JsonMapping) -> Entry:
    """Return an entry of issued.json; a token with an unknown field is refused, not written without it."""
    token, revoked_at = value["token"], value["revoked_at"]
    instants = {name: datetime.fromisoformat(token[name]) for name in ("issued_at", "expires_at")}
    return Entry(
        Issued(**(token | instants | {"roles": tuple(token["roles"])})),
        value["by"],
        value["use"],
        None if revoked_at is None else datetime.fromisoformat(revoked_at),
        value["revoked_by"],
        value["why"],
    )


def _write(path: Path, value: Mapping[str, Sequence[object]], mode: int) -> None:
    """Replace a file in one step, never with wider permissions than `mode`."""
    temporary = path.with_name(path.name + ".new")
    temporary.unlink(missing_ok=True)
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w") as file:
        os.fchmod(file.fileno(), mode)  # independent of the umask
        json.dump(value, file, indent=1, default=datetime.isoformat)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
