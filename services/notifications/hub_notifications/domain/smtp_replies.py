"""What a mail server's reply says about a message, a recipient or the sender (RFC 5321, 3463, 4954, 7372)."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from hub_notifications.domain.failures import Failure

SERVICE_CLOSING: Final = 421  # the server closes the connection after this reply (RFC 5321, 3.8)
PERMANENT: Final = 500
AUTHENTICATION_REQUIRED: Final = 530  # RFC 4954, 6
# The mail provider's limits. X.4.5 is mail system congestion in RFC 3463; Gmail sends it for its daily limit,
# Exchange Online sends the other two.
QUOTA: Final = frozenset({(4, 5), (1, 90), (7, 705)})
SENDER_ADDRESS: Final = frozenset({(1, 7), (1, 8)})  # bad sender's mailbox, or system address
MESSAGE_TOO_BIG: Final = (3, 4)
CONTENT: Final = 6  # the subject X.6: message content or media
SECURITY: Final = 7  # the subject X.7: security or policy
NOT_AUTHENTIC: Final = range(20, 28)  # X.7.20 to X.7.27: DKIM, SPF and their like failed (RFC 7372)

_ENHANCED: Final = re.compile(r"\s*([245])\.(\d{1,3})\.(\d{1,3})(?!\S)")
_RELAY: Final = re.compile(r"\brelay", re.IGNORECASE)  # of servers without enhanced codes


class Step(StrEnum):
    """The steps of a connection, in order. `body` is the answer after the whole message was sent."""

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
    """A reply. Its text is looked at and never kept: it may quote the address."""

    code: int
    text: str = ""

    @property
    def enhanced(self) -> tuple[int, int] | None:
        """Subject and detail of its enhanced status code (RFC 3463), where it has one."""
        found = _ENHANCED.match(self.text)
        return (int(found[2]), int(found[3])) if found else None


@dataclass(frozen=True)
class Verdict:
    """The class of a failure, with its reason code.

    `by_others`: it is the sender's own trouble only if other messages meet it too, and otherwise this
    recipient's refusal.
    """

    failure: Failure
    reason: str
    by_others: bool = False


def judge(step: Step, reply: Reply) -> Verdict:
    """Class a reply that is no success."""
    if reply.code == SERVICE_CLOSING:
        return Verdict(Failure.AWAY, "mail_away")
    if step in _BEFORE_MAIL:
        return _before_mail(step, reply)
    if (of_sender := _sender(step, reply)) is not None:
        return of_sender
    if reply.code < PERMANENT:
        return Verdict(Failure.LATER, "put_off")
    if (reason := _shared_by_all(step, reply)) is not None:
        return Verdict(Failure.SENDER, reason, by_others=True)
    return Verdict(Failure.RECIPIENT, "refused")


_BEFORE_MAIL: Final = {
    Step.CONNECT: "service_refused",
    Step.HELLO: "service_refused",
    Step.TLS: "tls_not_offered",
    Step.SIGN_IN: "authentication_refused",
}


def _before_mail(step: Step, reply: Reply) -> Verdict:
    """A sign-in that is put off counts as refused: after too many attempts servers want a long pause."""
    if reply.code < PERMANENT and step is not Step.SIGN_IN:
        return Verdict(Failure.AWAY, "mail_away")
    return Verdict(Failure.SENDER, _BEFORE_MAIL[step])


def _sender(step: Step, reply: Reply) -> Verdict | None:
    """What concerns the sender beyond doubt; MAIL is the same for every message, but for size and content."""
    if reply.enhanced in QUOTA:
        return Verdict(Failure.SENDER, "quota_exceeded")
    if reply.code == AUTHENTICATION_REQUIRED:
        return Verdict(Failure.SENDER, "authentication_refused")
    if reply.enhanced in SENDER_ADDRESS:
        return Verdict(Failure.SENDER, "sender_refused")
    if step is not Step.MAIL or _of_this_message(reply.enhanced):
        return None
    return Verdict(Failure.SENDER, "sender_refused" if reply.code >= PERMANENT else "sender_put_off")


def _of_this_message(enhanced: tuple[int, int] | None) -> bool:
    return enhanced is not None and (enhanced == MESSAGE_TOO_BIG or enhanced[0] == CONTENT)


def _shared_by_all(step: Step, reply: Reply) -> str | None:
    """Why every message may be refused alike: no relaying, or a domain that fails its checks."""
    subject, detail = reply.enhanced or (0, 0)
    if step is Step.BODY:
        return "sender_refused" if subject == SECURITY and detail in NOT_AUTHENTIC else None
    return "relay_denied" if subject == SECURITY or _RELAY.search(reply.text) else None
