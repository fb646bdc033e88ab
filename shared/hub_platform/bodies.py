"""Bodies of requests that are not JSON: files, forms."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Request

from hub_platform.problems import Problem

CHUNK: Final = 64 * 1024
MAX_RAW_BYTES: Final = 256 * 1024 * 1024
MAX_OPEN_BYTES: Final = 64 * 1024


class Body:
    """The body of a request as a stream: read once, in pieces, so that a large file is never held."""

    def __init__(self, request: Request, *, at_most: int, subject: str) -> None:
        """Take hold of it.

        Raises:
            Problem: 413 `request_entity_too_large`: it says to be larger, and is not read at all.
        """
        request.max_content_length = at_most
        self.subject = subject  # of the sender
        self._at_most = at_most
        try:
            self._stream = request.stream
        except RequestEntityTooLarge as exc:
            raise _too_large(at_most) from exc
        self._digest = hashlib.sha256()

    def chunks(self) -> Iterator[bytes]:
        """The pieces, as they arrive.

        Raises:
            Problem: 413 `request_entity_too_large`.
        """
        try:
            while chunk := self._stream.read(CHUNK):
                self._digest.update(chunk)
                yield chunk
        except RequestEntityTooLarge as exc:
            raise _too_large(self._at_most) from exc

    def read(self) -> bytes:
        """All of it.

        Raises:
            Problem: 413 `request_entity_too_large`.
        """
        return b"".join(self.chunks())

    @property
    def sha256(self) -> str:
        """The digest of what has been read."""
        return self._digest.hexdigest()


@dataclass(frozen=True)
class Raw:
    """Declares that a route reads its body itself: its maximum size and its media types.

    `read` makes something of the body before the transaction is opened and before a worker is taken, so that
    slow work holds neither; the call has what it gives in `content`.
    """

    at_most: int = MAX_RAW_BYTES
    media_types: tuple[str, ...] = ("text/csv",)
    read: Callable[[Body], object] | None = None


RAW: Final = Raw()


@dataclass(frozen=True)
class Received:
    """A received body: its bytes, or the route's value of them with their digest."""

    raw: bytes = b""
    content: object = None
    digest: str | None = None


def receive(request: Request, raw: Raw, *, subject: str, known: bool) -> Received:
    """Take the body of a request, as its route declares it. `known`: the sender showed a credential.

    Raises:
        Problem: 413 `request_entity_too_large`, or what `raw.read` raises.
    """
    if raw.read is None:
        return Received(read_raw(request, raw, known=known))
    body = Body(request, at_most=raw.at_most, subject=subject)
    return Received(b"", raw.read(body), body.sha256)


def read_raw(request: Request, raw: Raw, *, known: bool) -> bytes:
    """Return the body as bytes, with a lower limit for senders without a credential.

    A body that says to be larger is not read at all; one that does not say it is read no further.

    Raises:
        Problem: 413 `request_entity_too_large`.
    """
    at_most = raw.at_most if known else min(raw.at_most, MAX_OPEN_BYTES)
    request.max_content_length = at_most
    try:
        return request.get_data()
    except RequestEntityTooLarge as exc:
        raise _too_large(at_most) from exc


def _too_large(at_most: int) -> Problem:
    detail = f"Request body too large: the limit is {at_most:,} bytes."
    return Problem(413, "request_entity_too_large", detail)
