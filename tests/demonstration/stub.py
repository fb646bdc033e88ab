"""A stand-in for the services: answers over real HTTP what a test tells it to, and keeps what it was sent."""

import contextlib
import json
import threading
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Received:
    """A request that the stub has received."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """Its body as a value."""
        return json.loads(self.body)


@dataclass
class Stub:
    """Answers 201 with a new id to everything, unless told otherwise."""

    received: list[Received] = field(default_factory=list)
    planned: dict[str, deque[tuple[int, Any]]] = field(default_factory=dict)
    kept: dict[str, deque[Any]] = field(default_factory=dict)
    dropped: dict[str, int] = field(default_factory=dict)  # path → how many requests are hung up on
    address: str = ""
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def addresses(self) -> dict[str, str]:
        """It stands in for every service."""
        return dict.fromkeys(("enrolment", "visits", "notifications", "reporting"), self.address)

    def plan(self, path: str, *answers: tuple[int, Any]) -> None:
        """Give these answers first to requests for a path."""
        self.planned[path] = deque(answers)

    def keep(self, path: str, *answers: Any) -> None:
        """Answer requests for a path with 200 and these, one after the other, and the last one for ever."""
        self.kept[path] = deque(answers)

    def at(self, path: str) -> list[Received]:
        """The requests for a path."""
        return [one for one in self.received if one.path == path]

    def answer(self, request: Received) -> tuple[int, Any] | None:
        """Return status and body of the answer; None to close the connection."""
        with self.lock:
            self.received.append(request)
            if self.dropped.get(request.path, 0):
                self.dropped[request.path] -= 1
                return None
            planned = self.planned.get(request.path)
            if planned:
                return planned.popleft()
            if kept := self.kept.get(request.path):
                return 200, kept.popleft() if len(kept) > 1 else kept[0]
            made = f"id-{len(self.received)}"
        return 201, {"teacher_id": made, "session_id": made}


class Handler(BaseHTTPRequestHandler):
    """Reads requests and writes the stub's answers."""

    stub: Stub
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def handle_one_request(self) -> None:
        """Answer, or hang up."""
        self.raw_requestline = self.rfile.readline(65_537)
        if not self.raw_requestline or not self.parse_request():
            self.close_connection = True
            return
        content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        answer = self.stub.answer(Received(self.command, self.path, dict(self.headers), content))
        if answer is None:
            self.close_connection = True
        else:
            self.say(*answer)

    def say(self, status: int, body: Any) -> None:
        """Write text as text and anything else as JSON."""
        raw = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/plain" if isinstance(body, str) else "application/json")
        self.send_header("Content-Length", str(len(raw)))
        self.send_header("ETag", '"1"')
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, *_: object) -> None:
        """Suppress the server's log."""


@contextlib.contextmanager
def running_stub() -> Iterator[Stub]:
    """Serve on a free port of this machine."""
    stub = Stub()
    handler = type("StubHandler", (Handler,), {"stub": stub})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        stub.address = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield stub
        finally:
            server.shutdown()
            thread.join()
