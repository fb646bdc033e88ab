"""SMTP (RFC 5321): the settings of a mail server, connecting to it, and sending one message."""

import contextlib
import re
import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from enum import StrEnum
from functools import cache
from typing import Final
from uuid import UUID

from hub_notifications.domain.failures import Failure
from hub_notifications.domain.smtp_replies import SERVICE_CLOSING, Reply, Step, classify
from hub_notifications.gateways.mail import (
    Connection,
    ConnectionBroken,
    MailServerUnreachable,
    SenderTrouble,
    Undelivered,
)

STEP_SECONDS: Final = 20.0  # timeout of one command
# Timeout of the reply after the whole message, longer because a message without it may be repeated.
ANSWER_SECONDS: Final = 60.0

_BROKEN: Final = (OSError, smtplib.SMTPException)
# The server closed the connection.
_CLOSED: Final = (ssl.SSLEOFError, ssl.SSLZeroReturnError, ssl.SSLSyscallError)
_NOT_OFFERED: Final = {Step.TLS: "tls_not_offered", Step.SIGN_IN: "authentication_not_offered"}


class Tls(StrEnum):
    """How the connection to a mail server is encrypted."""

    STARTTLS = "starttls"  # unencrypted at first, encrypted before signing in (RFC 3207)
    TLS = "tls"  # encrypted from the first byte (SMTPS; RFC 8314)
    NONE = "none"


@dataclass(frozen=True, kw_only=True)
class SmtpServer:
    """The settings of a mail server."""

    host: str
    port: int
    tls: Tls
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    authorities: str | None = field(default=None, repr=False)  # PEM; None: the system's authorities
    step_seconds: float = STEP_SECONDS
    answer_seconds: float = ANSWER_SECONDS

    @property
    def credentials(self) -> tuple[str, str] | None:
        """User name and password, if both are set."""
        return None if self.user is None or self.password is None else (self.user, self.password)


@cache
def trust(authorities: str | None) -> ssl.SSLContext:
    """Return a context that verifies chain and host name by these authorities (PEM) or by the system's.

    Raises:
        ssl.SSLError: the text is not PEM.
    """
    return ssl.create_default_context(cadata=authorities)


class SmtpMailer:
    """Connects to a mail server; the password is sent only after the server's certificate is verified."""

    def __init__(self, server: SmtpServer) -> None:
        self._server = server

    @contextmanager
    def open(self) -> Iterator[Connection]:
        """Connect, encrypt and sign in; closed without QUIT, because every message has its reply by then."""
        with _opening(Step.CONNECT):
            client = self._connect()
        with contextlib.closing(client):
            with _opening(Step.HELLO):
                client.ehlo_or_helo_if_needed()
            if self._server.tls is Tls.STARTTLS:
                with _opening(Step.TLS):
                    client.starttls(context=trust(self._server.authorities))
                with _opening(Step.HELLO):
                    client.ehlo_or_helo_if_needed()
            if self._server.credentials is not None:
                with _opening(Step.SIGN_IN):
                    client.login(*self._server.credentials)
            yield SmtpConnection(client, self._server)

    def _connect(self) -> smtplib.SMTP:
        host, port, seconds = self._server.host, self._server.port, self._server.step_seconds
        if self._server.tls is Tls.TLS:
            return smtplib.SMTP_SSL(host, port, timeout=seconds, context=trust(self._server.authorities))
        return smtplib.SMTP(host, port, timeout=seconds)


@contextmanager
def _opening(step: Step) -> Iterator[None]:
    """Raise MailServerUnreachable or SenderTrouble for a failure of one step."""
    try:
        yield
    except ssl.SSLCertVerificationError as exc:
        raise SenderTrouble("certificate_not_valid") from exc
    except _CLOSED as exc:
        raise MailServerUnreachable from exc
    except ssl.SSLError as exc:
        raise SenderTrouble("tls_failed") from exc
    except smtplib.SMTPResponseException as exc:
        verdict = classify(step, Reply(exc.smtp_code, _text(exc.smtp_error)))
        if verdict.failure is Failure.SENDER:
            raise SenderTrouble(verdict.reason) from exc
        raise MailServerUnreachable from exc
    except _BROKEN as exc:
        # smtplib raises SMTPException itself if it supports none of the server's authentication mechanisms.
        lacks = isinstance(exc, smtplib.SMTPNotSupportedError) or type(exc) is smtplib.SMTPException
        if lacks and step in _NOT_OFFERED:
            raise SenderTrouble(_NOT_OFFERED[step]) from exc
        raise MailServerUnreachable from exc
    except ValueError as exc:  # a user name or password that is not ASCII
        raise SenderTrouble("authentication_refused") from exc


class SmtpConnection:
    """An open connection; it must not be used again after any exception."""

    def __init__(self, client: smtplib.SMTP, server: SmtpServer) -> None:
        self._client = client
        self._server = server
        self._is_new = True  # no message has had a reply yet

    def send(self, message_id: UUID, mail: EmailMessage) -> Undelivered | None:  # noqa: ARG002 - in its Message-ID
        """Send one message."""
        sender, recipient = (mail[name].addresses[0].addr_spec for name in ("From", "To"))
        is_ascii = (sender + recipient).isascii()
        if not (is_ascii or self._client.has_extn("smtputf8")):
            return Undelivered("bad_address", Failure.RECIPIENT)  # this server accepts only ASCII addresses
        body = _body(mail, utf8=not is_ascii, eight_bit=self._client.has_extn("8bitmime"))
        options = list(self._options(body, utf8=not is_ascii))
        client = self._client
        undelivered = (
            self._execute(Step.MAIL, lambda: client.mail(sender, options))
            or self._execute(Step.RCPT, lambda: client.rcpt(recipient))
            or self._execute(Step.DATA, lambda: client.docmd("DATA"))
            or self._send_body(body)
        )
        self._is_new = False
        if undelivered is not None:
            with contextlib.suppress(*_BROKEN):  # the next message then raises ConnectionBroken
                client.rset()
        return undelivered

    def _options(self, body: bytes, *, utf8: bool) -> Iterator[str]:
        if self._client.has_extn("size"):
            yield f"size={len(body)}"
        if utf8:
            yield "SMTPUTF8"
        if not body.isascii():
            yield "BODY=8BITMIME"

    def _send_body(self, body: bytes) -> Undelivered | None:
        """Send the whole message, then wait for its reply.

        A server that did not receive the last bytes cannot have accepted the message; after those bytes the
        outcome is uncertain until the reply.
        """
        quoted = re.sub(rb"(?m)^\.", b"..", body)
        try:
            self._client.send(quoted + b".\r\n")
        except _BROKEN as exc:
            raise ConnectionBroken(uncertain=False) from exc
        sock = self._client.sock
        assert sock is not None, "it was just used"  # noqa: S101 - for the type checker
        sock.settimeout(self._server.answer_seconds)
        undelivered = self._execute(Step.BODY, self._client.getreply)
        sock.settimeout(self._server.step_seconds)
        return undelivered

    def _execute(self, step: Step, command: Callable[[], tuple[int, bytes]]) -> Undelivered | None:
        try:
            code, text = command()
        except _BROKEN as exc:
            raise ConnectionBroken(uncertain=step is Step.BODY) from exc
        if code // 100 == (3 if step is Step.DATA else 2):
            return None
        if code // 100 not in {4, 5}:  # not a reply of RFC 5321
            raise ConnectionBroken(uncertain=step is Step.BODY)
        if code == SERVICE_CLOSING:
            raise (
                MailServerUnreachable
                if step is Step.MAIL and self._is_new
                else ConnectionBroken(uncertain=False)
            )
        verdict = classify(step, Reply(code, _text(text)))
        if verdict.failure is Failure.SENDER and not verdict.needs_confirmation:
            raise SenderTrouble(verdict.reason)
        return Undelivered(verdict.reason, verdict.failure)


def _body(mail: EmailMessage, *, utf8: bool, eight_bit: bool) -> bytes:
    """Return the message as bytes, in 7 bits for a server without 8BITMIME (RFC 6152)."""
    policy = mail.policy.clone(linesep="\r\n", utf8=utf8)  # type: ignore[call-arg]  # an EmailPolicy's
    body = mail.as_bytes(policy=policy)
    if not (eight_bit or body.isascii()):
        body = mail.as_bytes(policy=policy.clone(cte_type="7bit"))
    return body if body.endswith(b"\r\n") else body + b"\r\n"


def _text(said: bytes | str) -> str:
    return said.decode("ascii", "replace") if isinstance(said, bytes) else said
