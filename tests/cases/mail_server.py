"""A mail server (RFC 5321) that follows the rules of a case: refuses, hangs up, is slow, offers STARTTLS."""

import contextlib
import socketserver
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from tests.cases.messages import Received
from tests.support.services import free_port

from hub_local.ports import LOOPBACK

HANG_UP: Final = ""  # as an answer: close the connection without one

ENDED: Final = "(ended)"  # among the commands: a connection has ended

REFUSING: Final = "refusing connections"
BUSY: Final = "answering 421"


@dataclass
class Rule:
    """The reply of the server at one step, to all clients or about one recipient."""

    step: str  # CONNECT, EHLO, STARTTLS, AUTH, MAIL, RCPT, DATA, or BODY for the answer after the message
    answer: str  # a reply line, or HANG_UP
    to: str | None = None  # an address; None: any recipient
    after_seconds: float = 0.0
    times: int | None = None  # how often it applies; None: always


@dataclass
class MailServer:
    """The received messages of the server, and its behaviour."""

    port: int = field(default_factory=free_port)
    received: list[Received] = field(default_factory=list)  # every body, also those that got no answer
    commands: list[str] = field(default_factory=list)  # the verb of every command, of all connections
    rules: list[Rule] = field(default_factory=list)
    tls: ssl.SSLContext | None = None  # offers STARTTLS
    stopping: threading.Event = field(default_factory=threading.Event)
    _listener: "Listener | None" = None

    def open(self) -> None:
        """Let clients connect."""
        self._listener = Listener((LOOPBACK, self.port), Connection)
        self._listener.server = self
        threading.Thread(target=self._listener.serve_forever, args=(0.02,), daemon=True).start()

    def close(self) -> None:
        """Close the listening socket, so that connections are refused."""
        if self._listener is not None:
            self._listener.shutdown()
            self._listener.server_close()
            self._listener = None

    @contextlib.contextmanager
    def behaving(self, *rules: Rule) -> Iterator[None]:
        """Follow some rules until the end of the `with` statement."""
        self.rules += rules
        try:
            yield
        finally:
            self.rules = [rule for rule in self.rules if not any(rule is one for one in rules)]

    @contextlib.contextmanager
    def away(self, how: str | None) -> Iterator[None]:
        """Be away, REFUSING or BUSY, until the end of the `with` statement; None: not at all."""
        if how == REFUSING:
            self.close()
            try:
                yield
            finally:
                self.open()
            return
        with self.behaving(*([Rule("CONNECT", "421 4.3.2 shutting down")] if how == BUSY else [])):
            yield

    def to(self, address: str, *, since: int = 0) -> list[Received]:
        """The messages for one recipient, oldest first, leaving out the first `since` of all recipients."""
        return [one for one in self.received[since:] if address in one.recipients]

    def rule_for(self, step: str, recipients: list[str]) -> Rule | None:
        """The first rule that applies, which is then used up once."""
        applies = (r for r in list(self.rules) if r.step == step and (r.to is None or r.to in recipients))
        rule = next((r for r in applies if r.times != 0), None)
        if rule is not None and rule.times is not None:
            rule.times -= 1
        return rule


class Listener(socketserver.ThreadingTCPServer):
    """The listening socket, with one thread for each client."""

    allow_reuse_address = True
    daemon_threads = True
    server: MailServer

    def handle_error(self, request: object, client_address: object) -> None:
        """Write no log line when a client disconnects."""


class Connection(socketserver.StreamRequestHandler):
    """The SMTP dialogue with one client."""

    def handle(self) -> None:
        """Greet, then answer command by command until one side ends it."""
        assert isinstance(self.server, Listener)
        self.mail_server = self.server.server
        self.recipients: list[str] = []
        self.sender = ""
        self.encrypted = False
        if not self.reply("CONNECT", "220 cases ESMTP"):
            return
        with contextlib.suppress(OSError):
            while line := self.rfile.readline().decode("latin-1").strip():
                if not self.take(line):
                    return

    def finish(self) -> None:
        """Close what the listener does not know of: the connection over TLS."""
        with contextlib.suppress(OSError):
            super().finish()
        self.connection.close()
        self.mail_server.commands.append(ENDED)

    def take(self, line: str) -> bool:
        """Answer one command; whether the connection goes on."""
        verb = line[:8].upper() if line.upper().startswith("STARTTLS") else line[:4].upper()
        self.mail_server.commands.append(verb)
        if verb == "EHLO":
            offers = ["cases", "8BITMIME", "AUTH PLAIN LOGIN"]
            if self.mail_server.tls is not None and not self.encrypted:
                offers.append("STARTTLS")
            lines = [f"250-{offer}" for offer in offers[:-1]] + [f"250 {offers[-1]}"]
            return self.reply(verb, "\r\n".join(lines))
        if verb == "STARTTLS":
            return self.reply(verb, "220 go ahead") and self.encrypt()
        if verb == "AUTH":
            return self.reply(verb, "235 2.7.0 welcome")
        if verb == "DATA":
            return self.reply(verb, "354 go on") and self.take_message()
        if verb == "MAIL":
            self.sender, self.recipients = address_in(line), []
        elif verb == "RCPT":
            self.recipients.append(address_in(line))
        return self.reply(verb, "221 bye" if verb == "QUIT" else "250 2.0.0 OK") and verb != "QUIT"

    def take_message(self) -> bool:
        """Read a message to the lone dot, and answer."""
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            if not line:
                return False
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        received = Received(self.sender, tuple(self.recipients), b"".join(lines))
        self.mail_server.received.append(received)
        return self.reply("BODY", "250 2.0.0 taken")

    def reply(self, step: str, usual: str) -> bool:
        """Answer as a rule says, or as usual; whether the connection goes on."""
        rule = self.mail_server.rule_for(step, self.recipients)
        answer = usual if rule is None else rule.answer
        if rule is not None and rule.after_seconds:
            self.mail_server.stopping.wait(rule.after_seconds)
        if answer == HANG_UP:
            return False
        with contextlib.suppress(OSError):
            self.wfile.write(f"{answer}\r\n".encode())
            return not answer.startswith("421")
        return False

    def encrypt(self) -> bool:
        """Go on over TLS; False when the client does not trust the certificate."""
        assert self.mail_server.tls is not None
        try:
            self.request = self.mail_server.tls.wrap_socket(self.request, server_side=True)
        except OSError:  # ssl.SSLError is one
            return False
        self.connection = self.request
        self.encrypted = True
        self.setup()
        return True


def address_in(line: str) -> str:
    """The address of a MAIL or RCPT command."""
    return line.partition("<")[2].partition(">")[0].lower()


@contextlib.contextmanager
def mail_server() -> Iterator[MailServer]:
    """A server on a free port of this machine."""
    server = MailServer()
    server.open()
    try:
        yield server
    finally:
        server.stopping.set()
        server.close()
