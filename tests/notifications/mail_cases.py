"""The ways in which mail servers misbehave, with what follows: for the test, and for docs/reliability.md.

`python -m tests.notifications.mail_cases` writes the table into the page; a test holds them equal.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from ssl import SSLContext
from typing import Any, Final

from tests.notifications.certificates import ELSEWHERE, Authority
from tests.notifications.mail_server import HANGS_UP, NEVER, WAITS

from hub_local.places import ROOT
from hub_notifications.gateways import Tls

PAGE: Final = ROOT / "docs" / "reliability.md"
HEADING: Final = "## Mail servers"
INTRODUCTION: Final = """\
Notifications sends six messages to a mail server that misbehaves towards all of them, or towards one. After
an hour the server is mended; where the one message fails, the server stays as it is towards that one. In
every line the five others are delivered once each, no message is lost, and the server has none more than
twice. "At once" means in the same turn; "late" is up to a minute. Where operators are notified
(`make doctor`, a metric and an alert, see [operations.md](operations.md)), everything waits and no message
loses an attempt.

The lines are the cases of `tests/notifications/handlers/test_mail_servers.py`, each with a real connection.
"""


@dataclass(frozen=True, kw_only=True)
class Case:
    """One way to misbehave, with what follows from it."""

    name: str
    every: Mapping[str, str] = field(
        default_factory=dict
    )  # step → reply to every message, until it is mended
    bad: Mapping[str, str] = field(default_factory=dict)  # step → reply to the one message
    mended: bool = True  # whether the one message is treated well after an hour
    context: Callable[[Authority], SSLContext] | None = None  # of a server that encrypts, until it is mended
    tls: Tls = Tls.NONE
    wrong_password: bool = False
    mails_on_a_connection: int | None = None
    # The expected result.
    others_at_once: bool = True
    status: str = "sent"  # of the one message
    reason: str | None = None  # why it has failed
    copies: int = 1  # of the one message, that the server has taken or may have taken
    trouble: str | None = None  # the reason that operators see


AT: Final = {
    "connect": "to every connection",
    "hello": "to every EHLO",
    "mail": "to every MAIL",
    "rcpt": "to {} RCPT",
    "data": "to {} DATA",
    "body": "after {} body",
}


def _every(step: str, reply: str, **more: Any) -> Case:
    values: dict[str, Any] = {
        "name": f"answers `{reply}` {AT[step].format('every')}",
        "others_at_once": False,
    } | more
    return Case(every={step: reply}, **values)


def _one(step: str, reply: str, **more: Any) -> Case:
    return Case(name=f"answers `{reply}` {AT[step].format('one')}", bad={step: reply}, **more)


def _encrypted(name: str, context: Callable[[Authority], SSLContext], **more: Any) -> Case:
    return Case(name=name, context=context, others_at_once=False, **({"tls": Tls.STARTTLS} | more))


FOR_GOOD: Final[dict[str, Any]] = {"mended": False, "status": "failed", "reason": "refused", "copies": 0}
CASES: Final = (
    Case(name="closes the connection after the body of one message, before its answer", copies=2,
         bad={"body": HANGS_UP}, mended=False, status="failed", reason="not_known_whether_taken"),
    Case(name="does so once", bad={"body": HANGS_UP}, copies=2),
    Case(name="takes the body of one message and never answers", copies=2,
         bad={"body": NEVER}, mended=False, status="failed", reason="not_known_whether_taken"),
    Case(name="answers late after the body of one message", bad={"body": WAITS}),
    Case(name="hangs up when one recipient is named", bad={"rcpt": HANGS_UP}),
    Case(name="hangs up when one recipient is named, for ever", copies=0,
         bad={"rcpt": HANGS_UP}, mended=False, status="failed", reason="connection_broken"),
    _every("mail", HANGS_UP, name="hangs up at every MAIL"),
    Case(name="takes two messages on a connection, then answers `421`", mails_on_a_connection=2),
    _every("connect", "421 4.3.2 closing"),
    _every("connect", "554 5.7.1 blocked", trouble="service_refused"),
    _every("hello", "450 4.3.2 busy"),
    _every("hello", "550 5.7.1 no", trouble="service_refused"),
    _every("mail", "451 4.7.0 later", trouble="sender_put_off"),
    _every("mail", "550 5.1.8 no such sender", trouble="sender_refused"),
    _every("mail", "550 5.4.5 daily quota exceeded", trouble="quota_exceeded"),
    _every("rcpt", "452 4.4.5 sending limit", trouble="quota_exceeded"),
    _every("rcpt", "554 5.7.1 relay access denied", trouble="relay_denied"),
    _every("rcpt", "550 relay not permitted", trouble="relay_denied"),
    _every("body", "550 5.7.26 not authenticated", trouble="sender_refused"),
    _one("rcpt", "450 4.7.1 greylisted"),
    _one("rcpt", "552 5.2.2 mailbox full", **FOR_GOOD),
    _one("rcpt", "550 5.7.1 members only", **FOR_GOOD),
    _one("data", "451 4.3.0 later"),
    _one("data", "554 5.6.0 no", **FOR_GOOD),
    _one("body", "452 4.2.2 mailbox full"),
    _one("body", "554 5.7.1 looks like spam", **FOR_GOOD),
    Case(name="offers no STARTTLS", tls=Tls.STARTTLS, others_at_once=False, trouble="tls_not_offered"),
    _encrypted("answers `454 4.7.0` to STARTTLS", lambda ca: ca.server(), every={"tls": "454 4.7.0 not now"}),
    _encrypted("has a certificate that it signed itself", lambda ca: ca.server(signs_itself=True),
               trouble="certificate_not_valid"),
    _encrypted("has a certificate for another name", lambda ca: ca.server(ELSEWHERE),
               trouble="certificate_not_valid"),
    _encrypted("has a certificate that has expired", lambda ca: ca.server(days_left=-1),
               tls=Tls.TLS, trouble="certificate_not_valid"),
    _encrypted("refuses the password", lambda ca: ca.server(),
               wrong_password=True, trouble="authentication_refused"),
    _encrypted("answers `454 4.7.0` to the password", lambda ca: ca.server(),
               every={"sign_in": "454 4.7.0 too many"}, trouble="authentication_refused"),
)  # fmt: skip


def section() -> str:
    """The section of docs/reliability.md."""
    rows = [
        "| the mail server … | the others are sent | the one message | its copies | operators are notified |",
        "|---|---|---|--:|---|",
    ]
    for case in CASES:
        others = "at once" if case.others_at_once else "when it is mended"
        one = case.status if case.reason is None else f"{case.status}: `{case.reason}`"
        operators = f"`{case.trouble}`" if case.trouble else ""
        rows.append(f"| {case.name} | {others} | {one} | {case.copies} | {operators} |")
    return "\n".join([HEADING, "", INTRODUCTION, *rows, ""])


def put_into(page: str) -> str:
    """The page with its section replaced, or added at its end."""
    without = re.sub(rf"\n{HEADING}\n.*?(?=\n## |\Z)", "", page, flags=re.DOTALL)
    return f"{without.rstrip()}\n\n{section()}"


def main(path: Path = PAGE) -> None:
    """Write the section."""
    path.write_text(put_into(path.read_text()))


if __name__ == "__main__":
    main()
