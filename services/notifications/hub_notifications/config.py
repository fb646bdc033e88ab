"""Settings of notifications in addition to those of every service."""

import ssl
from dataclasses import dataclass
from email.errors import MessageError
from email.headerregistry import Address
from ipaddress import ip_address
from pathlib import Path
from typing import Final

from environs import Env, EnvValidationError

from hub_notifications.domain.sender import Sender
from hub_notifications.gateways import MailboxFolder, Mailer, SmtpMailer, SmtpServer, Tls
from hub_notifications.gateways.smtp import trust
from hub_notifications.templates.content import HubDetails
from hub_platform.settings import environment

PORTS: Final = {Tls.STARTTLS: 587, Tls.TLS: 465, Tls.NONE: 587}
LAST_PORT: Final = 65_535
DEFAULT_SENDER: Final = "maths-hub@localhost.localdomain"
LOCAL_DOMAINS: Final = ("localhost", "localdomain")  # top-level domains to which no mail server delivers


@dataclass(frozen=True, kw_only=True)
class Options:
    """The settings of the sender and the mail server."""

    hub_id: str
    hub_name: str
    mail_from: str
    mail_dir: Path | None  # the mailbox folder, used if no mail server is set
    smtp: SmtpServer | None
    contacts_seconds: float  # timeout of an RPC request to enrolment
    settle_seconds: float  # how long an e-mail waits for more events of the same change, real time

    def sender(self) -> Sender:
        """Return the hub as the sender of e-mails."""
        return Sender(hub_id=self.hub_id, mail_from=self.mail_from)

    def hub_details(self) -> HubDetails:
        """Return the hub's name for messages, until enrolment has described the hub."""
        return HubDetails(name=self.hub_name)

    def mailer(self) -> Mailer:
        """Return the mail server or, if none is set, the mailbox folder."""
        if self.smtp is not None:
            return SmtpMailer(self.smtp)
        assert self.mail_dir is not None, "load() has checked it"  # noqa: S101 - for the type checker
        return MailboxFolder(self.mail_dir)


def load() -> Options:
    """Read the settings from the environment.

    Raises:
        environs.EnvValidationError: a setting is malformed, neither HUB_MAIL_DIR nor HUB_SMTP_HOST is set, or
            the combination is not allowed.
    """
    env = environment()
    smtp = _smtp(env)
    options = Options(
        hub_id=env.str("ID", "cambridge"),
        hub_name=env.str("NAME", "Cambridge Maths Hub"),
        mail_from=env.str("MAIL_FROM", DEFAULT_SENDER),
        mail_dir=None if smtp else env.path("MAIL_DIR", None),
        smtp=smtp,
        contacts_seconds=env.float("CONTACTS_SECONDS", 10.0),
        settle_seconds=env.float("SETTLE_SECONDS", 1.0),
    )
    env.seal()
    wrong = {name: [text] for name, text in _errors(options).items()}
    if wrong:
        raise EnvValidationError(f"Environment variables invalid: {wrong}", wrong)
    return options


def _smtp(env: Env) -> SmtpServer | None:
    """Read the mail server's settings; compose sets an empty text for a missing setting."""
    host = env.str("SMTP_HOST", None) or None
    encrypts = env.bool("SMTP_STARTTLS", True)  # the setting before HUB_SMTP_TLS existed
    tls = env.str("SMTP_TLS", "") or (Tls.STARTTLS if encrypts else Tls.NONE)
    port = env.str("SMTP_PORT", "")
    user, password = env.str("SMTP_USER", None) or None, env.str("SMTP_PASSWORD", None)
    authorities = env.str("SMTP_CA", "").strip() or None  # the content of HUB_SMTP_CA_FILE
    if tls not in set(Tls):
        raise _invalid("HUB_SMTP_TLS", "This must be starttls, tls or none.")
    if port and not (port.isdecimal() and port.isascii() and 0 < int(port) <= LAST_PORT):
        raise _invalid("HUB_SMTP_PORT", f"This must be a number from 1 to {LAST_PORT}.")
    if host is None:
        return None
    return SmtpServer(
        host=host,
        port=int(port) if port else PORTS[Tls(tls)],
        tls=Tls(tls),
        user=user,
        password=password,
        authorities=authorities,
    )


def _errors(options: Options) -> dict[str, str]:
    """Return the errors that prevent the service from starting: name of the setting → what to do."""
    wrong: dict[str, str] = {}
    server = options.smtp
    is_real = server is not None and not is_loopback(server.host)
    if server is None and options.mail_dir is None:
        wrong["HUB_MAIL_DIR"] = "Set this for a folder of messages, or HUB_SMTP_HOST for a mail server."
    if not _is_address(options.mail_from):
        wrong["HUB_MAIL_FROM"] = "This must be an e-mail address, such as hub@example.org."
    elif is_real and _top_level(options.mail_from) in LOCAL_DOMAINS:
        wrong["HUB_MAIL_FROM"] = f"Set the hub's address: no e-mail is sent from {options.mail_from}."
    if server is not None and server.authorities is not None and not _are_certificates(server.authorities):
        wrong["HUB_SMTP_CA_FILE"] = "This file must hold certificates in PEM."
    if server is not None and is_real and server.tls is Tls.NONE and server.credentials:
        wrong["HUB_SMTP_TLS"] = "A password is sent over an encrypted connection only: set starttls or tls."
    return wrong


def _top_level(address: str) -> str:
    return address.rpartition("@")[2].rpartition(".")[2].lower()


def is_loopback(host: str) -> bool:
    """Return whether a host is this machine, so that a connection to it needs no encryption."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _is_address(text: str) -> bool:
    try:
        return "@" in Address(addr_spec=text).addr_spec
    except (ValueError, MessageError, IndexError):  # raised by the standard library for malformed addresses
        return False


def _are_certificates(pem: str) -> bool:
    try:
        trust(pem)
    except ssl.SSLError:
        return False
    return True


def _invalid(name: str, said: str) -> EnvValidationError:
    return EnvValidationError(f"Environment variables invalid: {name}: {said}", {name: [said]})
