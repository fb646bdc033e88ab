"""Work in a process of its own, with limits: a file or a document that goes wrong cannot hurt the service.

The parent calls `run`; the program that it starts calls `limit_this_process` before it does anything else.
"""

import io
import os
import resource
import signal
import subprocess
import sys
import threading
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

CHUNK: Final = 64 * 1024
MEGABYTE: Final = 1024 * 1024
LESS_URGENT: Final = 10  # added to the niceness of a child, of 19
TAIL: Final = 4096  # bytes of what a child says on standard error that are kept


class ChildFailed(Exception):
    """The process did not do its work. `reason`: `timed_out`, `output_too_large`, `killed` or `exited`."""

    def __init__(self, reason: str, said: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.said = said  # the end of standard error; it may hold what a user sent, so it is never logged


@dataclass(frozen=True)
class Bounds:
    """Limits of a child process."""

    seconds: float  # of wall time, the input included
    output_bytes: int


def module(name: str) -> tuple[str, ...]:
    """The command that runs a module of ours with this interpreter."""
    return (sys.executable, "-W", "ignore", "-m", name)


def run(command: Sequence[str], chunks: Iterable[bytes], bounds: Bounds) -> io.BytesIO:
    """Give a process its input piece by piece and return what it wrote, at the start of the stream.

    A child that has ended does not read on: the rest of the input is left alone. An error in `chunks` ends
    the child and propagates.

    Raises:
        ChildFailed: it died, ran out of time or wrote too much.
    """
    process = subprocess.Popen(  # noqa: S603 - a program of ours; what a user sent goes to its input
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    watch = _Watch(process, bounds)
    try:
        with suppress(BrokenPipeError, ConnectionResetError):
            _feed(process, chunks)
        with suppress(BrokenPipeError):
            process.stdin.close()  # type: ignore[union-attr]  # it is a pipe
        return watch.result()
    finally:
        watch.end()


def _feed(process: "subprocess.Popen[bytes]", chunks: Iterable[bytes]) -> None:
    for chunk in chunks:
        for start in range(0, len(chunk), CHUNK):
            process.stdin.write(chunk[start : start + CHUNK])  # type: ignore[union-attr]
            process.stdin.flush()  # type: ignore[union-attr]


class _Watch:
    """Reads a child's output, while another thread writes its input, and ends it at its time limit."""

    def __init__(self, process: "subprocess.Popen[bytes]", bounds: Bounds) -> None:
        self.process = process
        self.bounds = bounds
        self.output = io.BytesIO()
        self.said = b""
        self.reason = ""
        self.readers = [threading.Thread(target=work, daemon=True) for work in (self._read, self._listen)]
        self.timer = threading.Timer(bounds.seconds, self._stop, ["timed_out"])
        self.timer.daemon = True
        for thread in (*self.readers, self.timer):
            thread.start()

    def result(self) -> io.BytesIO:
        for reader in self.readers:
            reader.join()
        code = self.process.wait()
        said = self.said.decode(errors="replace")
        if self.reason:
            raise ChildFailed(self.reason, said)
        if code == -signal.SIGXCPU:
            raise ChildFailed("timed_out", said)
        if code != 0:
            raise ChildFailed("killed" if code < 0 else "exited", said)
        self.output.seek(0)
        return self.output

    def end(self) -> None:
        """Leave no process, thread or pipe behind."""
        self.timer.cancel()
        if self.process.poll() is None:
            self.process.kill()
        for reader in self.readers:
            reader.join()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            with suppress(BrokenPipeError):
                pipe.close()  # type: ignore[union-attr]

    def _stop(self, reason: str) -> None:
        self.reason = self.reason or reason
        self.process.kill()

    def _read(self) -> None:
        while chunk := self.process.stdout.read(CHUNK):  # type: ignore[union-attr]
            if self.output.tell() + len(chunk) > self.bounds.output_bytes:
                self._stop("output_too_large")
                return
            self.output.write(chunk)

    def _listen(self) -> None:
        while chunk := self.process.stderr.read(CHUNK):  # type: ignore[union-attr]
            self.said = (self.said + chunk)[-TAIL:]


def limit_this_process(*, megabytes: int, cpu_seconds: int) -> None:
    """Let the operating system refuse this process more memory, and end it after so much processor time.

    Where processors are few the service that waits for this process comes first: it answers probes meanwhile.
    """
    os.nice(LESS_URGENT)
    memory = megabytes * MEGABYTE
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    # At the first the process gets SIGXCPU, by which the parent knows why; at the second SIGKILL.
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
