"""A mail server of a few lines, for the tests of the real SMTP client."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Mailbag:
    """What the server was given, and what it is to answer."""

    port: int = 0
    mails: list[bytes] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    answer_to_recipient: str = "250 OK"
    answer_to_data: str = "250 OK"
    hangs_up_after: int | None = None  # mails


class Session(socketserver.StreamRequestHandler):
    """One connection (RFC 5321), as far as smtplib goes."""

    def handle(self) -> None:
        """Greet, then answer command by command."""
        bag: Mailbag = self.server.bag  # type: ignore[attr-defined]
        self.say("220 test ESMTP")
        while line := self.rfile.readline().decode().strip():
            command = line.upper()
            if command.startswith("EHLO"):
                self.say("250 test")
            elif command.startswith("RCPT"):
                bag.recipients.append(line)
                self.say(bag.answer_to_recipient)
            elif command == "DATA":
                if bag.hangs_up_after is not None and len(bag.mails) >= bag.hangs_up_after:
                    return
                self.say("354 go on")
                self.read_mail(bag)
                self.say(bag.answer_to_data)
            else:
                self.say("250 OK")

    def read_mail(self, bag: Mailbag) -> None:
        """Read to the lone dot."""
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        bag.mails.append(b"".join(lines))

    def say(self, line: str) -> None:
        """Answer."""
        self.wfile.write(f"{line}\r\n".encode())


@contextmanager
def mail_server() -> Iterator[Mailbag]:
    """A server on a free port of this machine."""
    bag = Mailbag()
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Session) as server:
        server.daemon_threads = True
        server.bag = bag  # type: ignore[attr-defined]
        bag.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield bag
        server.shutdown()
        thread.join()
