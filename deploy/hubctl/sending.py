"""Requests to services of the hub, and their answers."""

import contextlib
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import IO, Final
from urllib.parse import urlsplit

from urllib3.exceptions import HTTPError

from hub_contracts.json_text import JsonObject
from hubctl import http_client
from hubctl.places import WrongUse

BLOCK: Final = 256 * 1024  # bytes between two reports of progress
SECONDS: Final = 900  # time limit for one file; the national one takes about a minute
STANDARD_INPUT: Final = "-"


class NoAnswer(Exception):
    """There is no readable answer; the message is a sentence with the reason."""


@dataclass(frozen=True)
class Source:
    """A file to send: standard input is held in memory, other files are read while they are sent."""

    name: str
    size: int  # bytes
    held: bytes = field(default=b"", repr=False)
    path: Path | None = None

    @contextlib.contextmanager
    def open(self) -> Iterator[IO[bytes]]:
        """Open the content from its beginning."""
        with BytesIO(self.held) if self.path is None else self.path.open("rb") as opened:
            yield opened

    def head(self) -> bytes:
        """Return the first line."""
        with self.open() as opened:
            return opened.readline(BLOCK)


def source_of(name: str) -> Source:
    """Return the source of a name: a file, or `-` for standard input.

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
    """Status and JSON of an answer."""

    status: int
    body: JsonObject  # of which each reader names the shape


def post(url: str, token: str, source: Source, tell: Callable[[int, int], None]) -> Answered:
    """Send a file; `tell` is called with (bytes sent, total bytes).

    Raises:
        NoAnswer: the hub is unreachable, closes the connection, or its answer is not JSON.
    """
    headers = {
        "Authorization": f"Bearer {token}",
        "Content-Type": "text/csv",
        "Content-Length": str(source.size),
    }
    with source.open() as opened:
        # urllib3 reads the answer of a service that refuses a body before all of it was sent.
        return _send("POST", url, headers, _blocks(opened, source.size, tell))


def get(url: str, token: str) -> Answered:
    """Send a GET.

    Raises:
        NoAnswer: see `post`.
    """
    return _send("GET", url, {"Authorization": f"Bearer {token}"})


def _send(method: str, url: str, headers: Mapping[str, str], body: Iterator[bytes] | None = None) -> Answered:
    parts = urlsplit(url)
    try:
        with http_client.client(SECONDS) as client:
            answer = client.request(method, url, headers=headers, body=body)
            return Answered(answer.status, _read(answer.data))
    except (OSError, HTTPError, ValueError, TypeError) as exc:
        reason = http_client.cause_of(exc)
        raise NoAnswer(f"{parts.scheme}://{parts.netloc} gave no answer ({reason}).") from exc


def _blocks(opened: IO[bytes], size: int, tell: Callable[[int, int], None]) -> Iterator[bytes]:
    sent = 0
    while block := opened.read(BLOCK):
        yield block
        sent += len(block)
        tell(sent, size)


def _read(body: bytes) -> JsonObject:
    return dict(json.loads(body))
