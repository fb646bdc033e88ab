"""What is sent to services of the hub, and what they answered."""

import contextlib
import http.client
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import IO, Any, Final
from urllib.parse import urlsplit

from hubctl.places import WrongUse

BLOCK: Final = 256 * 1024  # bytes sent between two looks at how far it is
SECONDS: Final = 900  # how long the hub may take over one file; the national one takes about a minute
STANDARD_INPUT: Final = "-"


class NoAnswer(Exception):
    """The hub said nothing that can be read; the message says what was seen, in one sentence."""


@dataclass(frozen=True)
class Source:
    """A file that is to be sent; what comes in at standard input is held, a file is read as it is sent."""

    name: str
    size: int  # bytes
    held: bytes = field(default=b"", repr=False)
    path: Path | None = None

    @contextlib.contextmanager
    def open(self) -> Iterator[IO[bytes]]:
        """Its bytes from the beginning."""
        with BytesIO(self.held) if self.path is None else self.path.open("rb") as opened:
            yield opened

    def head(self) -> bytes:
        """Its first line."""
        with self.open() as opened:
            return opened.readline(BLOCK)


def source_of(name: str) -> Source:
    """What the operator named: a file, or `-` for standard input.

    Raises:
        WrongUse: it cannot be read.
    """
    if name == STANDARD_INPUT:
        held = sys.stdin.buffer.read()
        return Source("standard input", len(held), held)
    path = Path(name)
    try:
        with path.open("rb") as opened:
            return Source(path.name, opened.seek(0, 2), path=path)
    except OSError as exc:
        raise WrongUse(f"{name} cannot be read ({exc.strerror or type(exc).__name__}).") from exc


@dataclass(frozen=True)
class Answered:
    """A status and the JSON that came with it."""

    status: int
    body: dict[str, Any]


def post(url: str, token: str, source: Source, tell: Callable[[int, int], None]) -> Answered:
    """Send a file as it is; `tell` hears (bytes sent, bytes in all).

    Raises:
        NoAnswer: the hub is away, closes the connection, or answers with something that is no JSON.
    """
    parts = urlsplit(url)
    headers = {
        "Authorization": f"Bearer {token}",
        "Content-Type": "text/csv",
        "Content-Length": str(source.size),
    }
    try:
        with contextlib.closing(_connection(url)) as connection, source.open() as opened:
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                # A body that is refused unread breaks off; the answer says why.
                connection.request(
                    "POST", f"{parts.path}?{parts.query}", _blocks(opened, source.size, tell), headers
                )
            answer = connection.getresponse()
            return Answered(answer.status, _read(answer.read()))
    except (OSError, http.client.HTTPException, ValueError, TypeError) as exc:
        raise NoAnswer(f"{parts.scheme}://{parts.netloc} gave no answer ({type(exc).__name__}).") from exc


def get(url: str, token: str) -> Answered:
    """Read something.

    Raises:
        NoAnswer: see `post`.
    """
    parts = urlsplit(url)
    try:
        with contextlib.closing(_connection(url)) as connection:
            headers = {"Authorization": f"Bearer {token}"}
            connection.request("GET", f"{parts.path}?{parts.query}", headers=headers)
            answer = connection.getresponse()
            return Answered(answer.status, _read(answer.read()))
    except (OSError, http.client.HTTPException, ValueError, TypeError) as exc:
        raise NoAnswer(f"{parts.scheme}://{parts.netloc} gave no answer ({type(exc).__name__}).") from exc


def _connection(url: str) -> http.client.HTTPConnection:
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    return kind(parts.netloc, timeout=SECONDS)


def _blocks(opened: IO[bytes], size: int, tell: Callable[[int, int], None]) -> Iterator[bytes]:
    sent = 0
    while block := opened.read(BLOCK):
        yield block
        sent += len(block)
        tell(sent, size)


def _read(body: bytes) -> dict[str, Any]:
    return dict(json.loads(body))
