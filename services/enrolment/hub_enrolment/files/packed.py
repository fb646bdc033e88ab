"""Request bodies, compressed in memory until they are complete.

A container of this service has no writable disk and little memory; files of the national register compress to
an eighth. A slow sender occupies only the bytes received so far, and no turn in the queue.
"""

import threading
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from hub_enrolment.domain.findings import FileRefused, Finding
from hub_platform.child import CHUNK, MEGABYTE
from hub_platform.queueing import busy
from hub_platform.turns import in_turns

FAST: Final = 1  # zlib's level: a chunk takes a millisecond
CHUNKS_A_TURN: Final = 4


@dataclass
class Store:
    """Compressed bodies, limited in bytes for one sender and for all together."""

    of_one: int
    of_all: int
    _held: Counter[str] = field(default_factory=Counter)  # bytes by sender
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def whole(self, chunks: Iterable[bytes], subject: str) -> Iterator[Iterator[bytes]]:
        """Receive a body completely, then yield it decompressed, piece by piece.

        Raises:
            FileRefused: `file_too_large`: compressed, it exceeds the limit for one sender.
            hub_platform.problems.Problem: 503 `busy`: with the bodies of others it exceeds the limit for all;
                or any error of `chunks`.
        """
        packer, pieces = zlib.compressobj(FAST), []
        held = 0
        try:
            for chunk in self._packed(packer, chunks):
                self._take(subject, len(chunk))
                held += len(chunk)
                pieces.append(chunk)
            yield _unpacked(pieces)
        finally:
            self._give_back(subject, held)

    def _packed(self, packer: "zlib._Compress", chunks: Iterable[bytes]) -> Iterator[bytes]:
        # A fast sender never makes this process wait, so it yields to others every few chunks.
        for chunk in in_turns(chunks, CHUNKS_A_TURN):
            if packed := packer.compress(chunk):
                yield packed
        yield packer.flush()

    def _take(self, subject: str, size: int) -> None:
        with self._lock:
            if self._held[subject] + size > self.of_one:
                raise _too_large(self.of_one)
            if self._held.total() + size > self.of_all:
                raise busy("Too many files are being sent at the same time.")
            self._held[subject] += size

    def _give_back(self, subject: str, size: int) -> None:
        with self._lock:
            self._held[subject] -= size
            if not self._held[subject]:
                del self._held[subject]


# A national file of 61 MB takes 9. Two files of one sender at once count together.
bodies: Final = Store(of_one=24 * MEGABYTE, of_all=48 * MEGABYTE)


def _unpacked(pieces: Iterable[bytes]) -> Iterator[bytes]:
    unpacker = zlib.decompressobj()
    for piece in pieces:
        left = piece
        while left:
            yield unpacker.decompress(left, CHUNK)
            left = unpacker.unconsumed_tail
    yield unpacker.flush()


def _too_large(most: int) -> FileRefused:
    detail = (
        f"compressed, the file is larger than {most // MEGABYTE} MB, more than any file of the register;"
        " send one file at a time"
    )
    return FileRefused([Finding(1, "", "", "file_too_large", detail)])
