"""A mail server that misbehaves as a test says, for the tests of the real SMTP client (RFC 5321)."""

import base64
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

HANGS_UP: Final = "(hangs up)"  # instead of a reply
NEVER: Final = "(never answers)"
WAITS: Final = "(answers when it is released)"
USER, PASSWORD = "hub", "s3cret"  # pragma: allowlist secret


@dataclass
class MailServer:
    """The messages that the server received, and its behaviour, which a test can change at any time.

    Steps are connect, hello, tls, sign_in, mail, rcpt, data and body.
    """

    port: int = 0
    replies: dict[str, str] = field(default_factory=dict)  # step → its reply to everyone
    bad_replies: dict[str, str] = field(
        default_factory=dict
    )  # step → its reply when the bad recipient is named
    bad_recipient: str = "refused"  # a part of the address
    mails_on_a_connection: int | None = None  # then it says 421
    context: ssl.SSLContext | None = None
    encrypted_from_the_start: bool = False
    offers: tuple[str, ...] = ()  # in addition to STARTTLS, with a context
    wants_password: bool = False
    # The received messages.
    connections: int = 0
    mails: list[tuple[str, bytes]] = field(
        default_factory=list
    )  # recipient and body of each that it may keep
    sign_ins: list[tuple[str, bool]] = field(default_factory=list)  # what was said, and whether encrypted
    mail_commands: list[str] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)

    def copies(self, recipient: str) -> int:
        """How many e-mails the server may have kept for one recipient."""
        return sum(recipient in each for each, _ in self.mails)

    def behave(self) -> None:
        """Misbehave no more."""
        self.replies, self.bad_replies, self.mails_on_a_connection = {}, {}, None
        self.released.set()


class HungUp(Exception):
    """The connection is to be closed without a word."""


class Session(socketserver.StreamRequestHandler):
    """The state of one connection to the server."""

    def setup(self) -> None:
        """Begin in the clear."""
        super().setup()
        self.server_: MailServer = self.server.behaviour  # type: ignore[attr-defined]
        self.server_.connections += 1
        self.recipient = ""
        self.taken = 0
        self.is_encrypted = self.has_signed_in = False

    def handle(self) -> None:
        """Greet, then answer command by command."""
        try:
            if self.server_.encrypted_from_the_start:
                self.encrypt()
            self.reply("connect", "220 test ESMTP")
            while line := self.rfile.readline().decode().strip():
                verb, _, rest = line.partition(" ")
                getattr(self, f"on_{verb.lower()}", self.on_other)(rest)
        except (HungUp, OSError):  # of a client that goes, too
            pass

    def finish(self) -> None:
        """Close the connection, which is not the one that the server knows once it is encrypted."""
        super().finish()
        self.connection.close()

    def reply(self, step: str, well: str) -> bool:
        """Answer one step; whether the answer was the good one."""
        server = self.server_
        is_bad = server.bad_recipient in self.recipient
        said = (server.bad_replies.get(step) if is_bad else None) or server.replies.get(step, well)
        if said == HANGS_UP:
            raise HungUp
        if said == NEVER:
            self.rfile.readline()  # until the client has had enough
            raise HungUp
        if said == WAITS:
            server.released.wait(30)
            said = well
        self.wfile.write(f"{said}\r\n".encode())
        if said.startswith("421"):
            raise HungUp
        return said == well

    def on_ehlo(self, _: str) -> None:
        """Send the extensions of the server."""
        offers = list(self.server_.offers)
        if self.server_.context is not None and not self.is_encrypted:
            offers.append("STARTTLS")
        if self.server_.wants_password:
            offers.append("AUTH PLAIN")
        lines = ["test", *offers]
        hyphened = "\r\n".join(f"250-{line}" for line in lines[:-1])
        self.reply("hello", (f"{hyphened}\r\n" if hyphened else "") + f"250 {lines[-1]}")

    on_helo = on_ehlo

    def on_starttls(self, _: str) -> None:
        """Encrypt from here on."""
        if self.reply("tls", "220 go on"):
            self.encrypt()

    def encrypt(self) -> None:
        """Start the encryption, with the certificate of the test."""
        assert self.server_.context is not None
        self.connection = self.server_.context.wrap_socket(self.connection, server_side=True)
        self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", 0)
        self.is_encrypted = True

    def on_auth(self, said: str) -> None:
        """Take the right password."""
        text = base64.b64decode(said.partition(" ")[2]).decode()
        self.server_.sign_ins.append((text, self.is_encrypted))
        if text != f"\0{USER}\0{PASSWORD}":
            self.reply("sign_in", "535 5.7.8 no")
        elif self.reply("sign_in", "235 2.7.0 welcome"):
            self.has_signed_in = True

    def on_mail(self, said: str) -> None:
        """Begin a message."""
        self.recipient = ""
        self.server_.mail_commands.append(said)
        limit = self.server_.mails_on_a_connection
        if limit is not None and self.taken >= limit:
            self.wfile.write(b"421 4.7.0 too many messages on this connection\r\n")
            raise HungUp
        if self.server_.wants_password and not self.has_signed_in:
            self.wfile.write(b"530 5.7.0 authentication required\r\n")
            return
        self.reply("mail", "250 2.1.0 OK")

    def on_rcpt(self, said: str) -> None:
        """Take the recipient."""
        self.recipient = said
        self.reply("rcpt", "250 2.1.5 OK")

    def on_data(self, _: str) -> None:
        """Read to the lone dot; what is not refused may be kept, with an answer or without."""
        if not self.reply("data", "354 go on"):
            return
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            if not line:
                raise HungUp
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        mail = (self.recipient, b"".join(lines))
        self.server_.mails.append(mail)
        if self.reply("body", "250 2.0.0 OK"):
            self.taken += 1
        else:
            self.server_.mails.remove(mail)

    def on_rset(self, _: str) -> None:
        """Forget the message."""
        self.recipient = ""
        self.wfile.write(b"250 2.0.0 OK\r\n")

    def on_other(self, _: str) -> None:
        """Know nothing else."""
        self.wfile.write(b"502 5.5.1 unknown\r\n")


@contextmanager
def mail_server(context: ssl.SSLContext | None = None, *, encrypted: bool = False) -> Iterator[MailServer]:
    """Run a server on a free port of this machine."""
    behaviour = MailServer(context=context, encrypted_from_the_start=encrypted)
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Session) as server:
        server.daemon_threads = True
        server.behaviour = behaviour  # type: ignore[attr-defined]
        behaviour.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield behaviour
        behaviour.released.set()
        server.shutdown()
        thread.join()
