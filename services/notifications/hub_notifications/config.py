"""Settings of notifications beyond those of every service."""

import ssl
from dataclasses import dataclass
from email.errors import MessageError
from email.headerregistry import Address
from ipaddress import ip_address
from pathlib import Path
from typing import Final

from environs import Env, EnvValidationError

from hub_notifications.gateways import MailboxFolder, Mailer, SmtpMailer, SmtpServer, Tls
from hub_notifications.gateways.smtp import trust
from hub_notifications.handlers.composing import Sender
from hub_notifications.templates.content import HubDetails
from hub_platform.settings import environment

PORTS: Final = {Tls.STARTTLS: 587, Tls.TLS: 465, Tls.NONE: 587}
LAST_PORT: Final = 65_535
DEFAULT_SENDER: Final = "maths-hub@localhost.localdomain"
NO_REAL_DOMAINS: Final = ("localhost", "localdomain")  # the last part of a domain that no mail server knows


@dataclass(frozen=True, kw_only=True)
class Options:
    """The sender, and how messages are sent."""

    hub_id: str
    hub_name: str
    mail_from: str
    mail_dir: Path | None  # messages become files here, as long as no mail server is named
    smtp: SmtpServer | None
    contacts_seconds: float  # how long enrolment may take to give a batch of addresses
    settle_seconds: float  # real time that an e-mail waits for more events of the same change

    def sender(self) -> Sender:
        """The hub as the sender of e-mails and the organizer of calendar entries."""
        return Sender(hub_id=self.hub_id, mail_from=self.mail_from)

    def hub_details(self) -> HubDetails:
        """The hub as messages name it until enrolment has described it."""
        return HubDetails(name=self.hub_name)

    def mailer(self) -> Mailer:
        """What sends the messages."""
        if self.smtp is not None:
            return SmtpMailer(self.smtp)
        assert self.mail_dir is not None, "load() has seen to it"  # noqa: S101 - for the type checker
        return MailboxFolder(self.mail_dir)


def load() -> Options:
    """Read the settings.

    Raises:
        environs.EnvValidationError: one is malformed, neither HUB_MAIL_DIR nor HUB_SMTP_HOST is set, or the
            mail server must not be used with these settings.
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
    wrong = {name: [said] for name, said in _wrong(options).items()}
    if wrong:
        raise EnvValidationError(f"Environment variables invalid: {wrong}", wrong)
    return options


def _smtp(env: Env) -> SmtpServer | None:
    """Read how the mail server is reached; compose gives an empty text for what is not set."""
    host = env.str("SMTP_HOST", None) or None
    encrypts = env.bool("SMTP_STARTTLS", True)  # how the encryption was set before there was HUB_SMTP_TLS
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


def _wrong(options: Options) -> dict[str, str]:
    """What must be set right before the service starts: setting → a sentence."""
    wrong: dict[str, str] = {}
    server = options.smtp
    is_real = server is not None and not is_loopback(server.host)
    if server is None and options.mail_dir is None:
        wrong["HUB_MAIL_DIR"] = "Set this for a folder of messages, or HUB_SMTP_HOST for a mail server."
    if not _is_address(options.mail_from):
        wrong["HUB_MAIL_FROM"] = "This must be an e-mail address, such as hub@example.org."
    elif is_real and _top_level(options.mail_from) in NO_REAL_DOMAINS:
        wrong["HUB_MAIL_FROM"] = f"Set the hub's address: no e-mail is sent from {options.mail_from}."
    if server is not None and server.authorities is not None and not _are_certificates(server.authorities):
        wrong["HUB_SMTP_CA_FILE"] = "This file must hold certificates in PEM."
    if server is not None and is_real and server.tls is Tls.NONE and server.credentials:
        wrong["HUB_SMTP_TLS"] = "A password is sent over an encrypted connection only: set starttls or tls."
    return wrong


def _top_level(address: str) -> str:
    return address.rpartition("@")[2].rpartition(".")[2].lower()


def is_loopback(host: str) -> bool:
    """Whether a server runs on this machine, so that nothing said to it leaves the machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _is_address(text: str) -> bool:
    try:
        return "@" in Address(addr_spec=text).addr_spec
    except (ValueError, MessageError, IndexError):  # the standard library's ways of refusing
        return False


def _are_certificates(pem: str) -> bool:
    try:
        trust(pem)
    except ssl.SSLError:
        return False
    return True


def _invalid(name: str, said: str) -> EnvValidationError:
    return EnvValidationError(f"Environment variables invalid: {name}: {said}", {name: [said]})
