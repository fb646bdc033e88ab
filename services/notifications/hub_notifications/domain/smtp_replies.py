"""Classification of mail server replies (RFC 5321, 3463, 4954 and 7372)."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from hub_notifications.domain.failures import Failure

SERVICE_CLOSING: Final = 421  # the server closes the connection after this reply (RFC 5321, 3.8)
PERMANENT: Final = 500
AUTHENTICATION_REQUIRED: Final = 530  # RFC 4954, 6
# Enhanced codes of sending limits. X.4.5 is congestion in RFC 3463, and Gmail's code for its daily limit;
# Exchange Online uses the other two.
QUOTA: Final = frozenset({(4, 5), (1, 90), (7, 705)})
SENDER_ADDRESS: Final = frozenset({(1, 7), (1, 8)})  # bad sender's mailbox, or system address
MESSAGE_TOO_BIG: Final = (3, 4)
CONTENT: Final = 6  # the subject X.6: message content or media
SECURITY: Final = 7  # the subject X.7: security or policy
NOT_AUTHENTIC: Final = range(20, 28)  # X.7.20 to X.7.27: checks such as DKIM and SPF failed (RFC 7372)

_ENHANCED: Final = re.compile(r"\s*([245])\.(\d{1,3})\.(\d{1,3})(?!\S)")
_RELAY: Final = re.compile(r"\brelay", re.IGNORECASE)  # of servers without enhanced codes


class Step(StrEnum):
    """A step of an SMTP connection, in order; `body` is the reply after the whole message."""

    CONNECT = "connect"
    HELLO = "hello"
    TLS = "tls"
    SIGN_IN = "sign_in"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"
    BODY = "body"


@dataclass(frozen=True)
class Reply:
    """A mail server's reply. Never log or store its text: it may quote the address."""

    code: int
    text: str = ""

    @property
    def enhanced(self) -> tuple[int, int] | None:
        """The subject and detail of the enhanced status code (RFC 3463), if the reply has one."""
        found = _ENHANCED.match(self.text)
        return (int(found[2]), int(found[3])) if found else None


@dataclass(frozen=True)
class Classification:
    """The class of a failure, with its reason code.

    `needs_confirmation`: the failure is of class SENDER only if other messages meet it too; otherwise the
    server refuses this recipient.
    """

    failure: Failure
    reason: str
    needs_confirmation: bool = False


def classify(step: Step, reply: Reply) -> Classification:
    """Return the class and reason code of a reply that is not a success."""
    if reply.code == SERVICE_CLOSING:
        return Classification(Failure.UNREACHABLE, "mail_away")
    if step in _BEFORE_MAIL:
        return _before_mail(step, reply)
    if (of_sender := _sender(step, reply)) is not None:
        return of_sender
    if reply.code < PERMANENT:
        return Classification(Failure.TEMPORARY, "put_off")
    if (reason := _shared_by_all(step, reply)) is not None:
        return Classification(Failure.SENDER, reason, needs_confirmation=True)
    return Classification(Failure.RECIPIENT, "refused")


_BEFORE_MAIL: Final = {
    Step.CONNECT: "service_refused",
    Step.HELLO: "service_refused",
    Step.TLS: "tls_not_offered",
    Step.SIGN_IN: "authentication_refused",
}


def _before_mail(step: Step, reply: Reply) -> Classification:
    """Classify a refusal before MAIL; a deferred sign-in counts as refused, as it needs a long pause."""
    if reply.code < PERMANENT and step is not Step.SIGN_IN:
        return Classification(Failure.UNREACHABLE, "mail_away")
    return Classification(Failure.SENDER, _BEFORE_MAIL[step])


def _sender(step: Step, reply: Reply) -> Classification | None:
    """Return a classification if the reply certainly concerns the sender.

    A refused MAIL does, because it is the same for every message except for size and content.
    """
    if reply.enhanced in QUOTA:
        return Classification(Failure.SENDER, "quota_exceeded")
    if reply.code == AUTHENTICATION_REQUIRED:
        return Classification(Failure.SENDER, "authentication_refused")
    if reply.enhanced in SENDER_ADDRESS:
        return Classification(Failure.SENDER, "sender_refused")
    if step is not Step.MAIL or _of_this_message(reply.enhanced):
        return None
    return Classification(Failure.SENDER, "sender_refused" if reply.code >= PERMANENT else "sender_put_off")


def _of_this_message(enhanced: tuple[int, int] | None) -> bool:
    return enhanced is not None and (enhanced == MESSAGE_TOO_BIG or enhanced[0] == CONTENT)


def _shared_by_all(step: Step, reply: Reply) -> str | None:
    """Return the reason code of a refusal that may apply to every message: relaying or a domain check."""
    subject, detail = reply.enhanced or (0, 0)
    if step is Step.BODY:
        return "sender_refused" if subject == SECURITY and detail in NOT_AUTHENTIC else None
    return "relay_denied" if subject == SECURITY or _RELAY.search(reply.text) else None
