"""Settings of notifications beyond those of every service."""

from dataclasses import dataclass, field
from pathlib import Path

from environs import EnvValidationError

from hub_notifications.gateways import MailboxFolder, Mailer, SmtpMailer
from hub_notifications.templates.invitations import Host
from hub_platform.settings import environment


@dataclass(frozen=True, kw_only=True)
class Options:
    """Who writes, and how letters leave."""

    hub_id: str
    hub_name: str
    mail_from: str
    mail_dir: Path | None  # letters become files here, as long as no mail server is named
    smtp_host: str | None
    smtp_port: int
    smtp_starttls: bool
    smtp_user: str | None
    smtp_password: str | None = field(repr=False)
    contacts_seconds: float  # how long enrolment may take to give a batch of addresses

    def host(self) -> Host:
        """The hub, as the one who writes and invites."""
        return Host(hub_id=self.hub_id, hub_name=self.hub_name, mail_from=self.mail_from)

    def mailer(self) -> Mailer:
        """What the letters leave by."""
        if self.mail_dir is not None:
            return MailboxFolder(self.mail_dir)
        assert self.smtp_host is not None, "load() has seen to it"  # noqa: S101 - for the type checker
        return SmtpMailer(
            self.smtp_host,
            self.smtp_port,
            starttls=self.smtp_starttls,
            user=self.smtp_user,
            password=self.smtp_password,
        )


def load() -> Options:
    """Read the settings.

    Raises:
        environs.EnvValidationError: one is malformed, or neither HUB_MAIL_DIR nor HUB_SMTP_HOST is set.
    """
    env = environment()
    smtp_host = env.str("SMTP_HOST", None) or None
    options = Options(
        hub_id=env.str("ID", "cambridge"),
        hub_name=env.str("NAME", "Cambridge Maths Hub"),
        mail_from=env.str("MAIL_FROM", "maths-hub@localhost.localdomain"),
        mail_dir=None if smtp_host else env.path("MAIL_DIR", None),
        smtp_host=smtp_host,
        smtp_port=env.int("SMTP_PORT", 587),
        smtp_starttls=env.bool("SMTP_STARTTLS", True),
        smtp_user=env.str("SMTP_USER", None) or None,
        smtp_password=env.str("SMTP_PASSWORD", None),
        contacts_seconds=env.float("CONTACTS_SECONDS", 10.0),
    )
    env.seal()
    if options.mail_dir is None and options.smtp_host is None:
        missing = {"HUB_MAIL_DIR": ["Set this for a folder of letters, or HUB_SMTP_HOST for a mail server."]}
        raise EnvValidationError(f"Environment variables invalid: {missing}", missing)
    return options
