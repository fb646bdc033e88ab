"""Which mail server is used, and with which settings the service does not start."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from environs import EnvValidationError
from tests.notifications.certificates import Authority

from hub_notifications import config
from hub_notifications.gateways import MailboxFolder, SmtpMailer, Tls

REAL = {"HUB_SMTP_HOST": "mail.example", "HUB_MAIL_FROM": "hub@hub.example"}
PASSWORD = {"HUB_SMTP_USER": "hub", "HUB_SMTP_PASSWORD": "s3cret"}  # pragma: allowlist secret


def load(monkeypatch: pytest.MonkeyPatch, **settings: str) -> config.Options:
    with monkeypatch.context() as patch:
        for name, value in settings.items():
            patch.setenv(name, value)
        return config.load()


def refusal(monkeypatch: pytest.MonkeyPatch, **settings: str) -> dict[str, list[str]]:
    """Return the error of each setting."""
    with pytest.raises(EnvValidationError) as caught:
        load(monkeypatch, **settings)
    assert isinstance(caught.value.error_messages, Mapping)
    return dict(caught.value.error_messages)


def test_messages_go_to_the_folder_or_the_server_that_is_set(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert refusal(monkeypatch).keys() == {"HUB_MAIL_DIR"}
    secret = tmp_path / "secret"
    secret.write_text("s3cret")
    options = load(monkeypatch, **REAL, HUB_SMTP_PASSWORD_FILE=str(secret), HUB_MAIL_DIR=str(tmp_path))
    assert isinstance(options.mailer(), SmtpMailer)
    assert options.smtp is not None
    assert (options.smtp.port, options.smtp.tls, options.smtp.password) == (587, Tls.STARTTLS, "s3cret")
    assert "s3cret" not in repr(options)
    # As docker compose says that something is not set.
    empty = dict.fromkeys(("HUB_SMTP_HOST", "HUB_SMTP_USER", "HUB_SMTP_TLS", "HUB_SMTP_PORT"), "")
    assert isinstance(load(monkeypatch, **empty, HUB_MAIL_DIR=str(tmp_path)).mailer(), MailboxFolder)


@pytest.mark.parametrize(
    ("settings", "tls", "port"),
    [
        ({}, Tls.STARTTLS, 587),
        ({"HUB_SMTP_STARTTLS": "1"}, Tls.STARTTLS, 587),
        ({"HUB_SMTP_STARTTLS": "0"}, Tls.NONE, 587),
        ({"HUB_SMTP_TLS": "tls"}, Tls.TLS, 465),
        ({"HUB_SMTP_TLS": "tls", "HUB_SMTP_STARTTLS": "1"}, Tls.TLS, 465),
        ({"HUB_SMTP_TLS": "starttls", "HUB_SMTP_STARTTLS": "0"}, Tls.STARTTLS, 587),
        ({"HUB_SMTP_TLS": "", "HUB_SMTP_STARTTLS": "0", "HUB_SMTP_PORT": "25"}, Tls.NONE, 25),
    ],
)
def test_starttls_setting_of_earlier_releases_still_works(
    monkeypatch: pytest.MonkeyPatch, settings: dict[str, str], tls: Tls, port: int
) -> None:
    smtp = load(monkeypatch, **REAL, **settings).smtp
    assert smtp is not None
    assert (smtp.tls, smtp.port) == (tls, port)


@pytest.mark.parametrize(
    ("settings", "name"),
    [
        ({"HUB_SMTP_TLS": "ssl"}, "HUB_SMTP_TLS"),
        ({"HUB_SMTP_PORT": "smtp"}, "HUB_SMTP_PORT"),
        ({"HUB_SMTP_TLS": "none", **PASSWORD}, "HUB_SMTP_TLS"),
        ({"HUB_SMTP_STARTTLS": "0", **PASSWORD}, "HUB_SMTP_TLS"),
        ({"HUB_MAIL_FROM": config.DEFAULT_SENDER}, "HUB_MAIL_FROM"),
        ({"HUB_MAIL_FROM": "hub@localhost"}, "HUB_MAIL_FROM"),
        ({"HUB_MAIL_FROM": "The Hub"}, "HUB_MAIL_FROM"),
        ({"HUB_MAIL_FROM": ""}, "HUB_MAIL_FROM"),
        ({"HUB_SMTP_CA": "no certificate"}, "HUB_SMTP_CA_FILE"),
    ],
)
def test_remote_server_with_insecure_settings_is_refused(
    monkeypatch: pytest.MonkeyPatch, settings: dict[str, str], name: str
) -> None:
    said = refusal(monkeypatch, **REAL | settings)
    assert said.keys() == {name}
    assert said[name][0].endswith(".")


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost", "LocalHost"])
def test_local_server_needs_no_encryption(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    smtp = load(monkeypatch, HUB_SMTP_HOST=host, HUB_SMTP_TLS="none", **PASSWORD).smtp
    assert smtp is not None
    assert smtp.password == "s3cret"  # pragma: allowlist secret


@pytest.mark.parametrize("host", ["localhost.example", "10.0.0.1", "127.0.0.1.example", "mailpit"])
def test_names_similar_to_localhost_are_remote(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    assert refusal(monkeypatch, HUB_SMTP_HOST=host).keys() == {"HUB_MAIL_FROM"}


def test_certificate_authority_is_read_from_its_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "smtp_ca.pem"
    file.write_text(Authority(tmp_path).pem)
    smtp = load(monkeypatch, **REAL, HUB_SMTP_CA_FILE=str(file)).smtp
    assert smtp is not None
    assert smtp.authorities == file.read_text().strip()
    file.write_text("\n")
    smtp = load(monkeypatch, **REAL, HUB_SMTP_CA_FILE=str(file)).smtp
    assert smtp is not None
    assert smtp.authorities is None  # the system's, as the secret is empty unless an operator fills it in
