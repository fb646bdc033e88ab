"""Settings as a whole: every service reads what its container would be given, before it is."""

import io
import json
import os
import re
from pathlib import Path
from typing import Final

import pytest
from tests.operations.compose_files import DEPLOY, compose_project
from tests.operations.resolving import resolved, said

from hub_local.places import ROOT
from hub_operations import __main__ as command
from hub_operations.deployment_settings import DOCUMENTED, OF_SERVICES
from hub_operations.secret_files import OIDC_CLIENT_SECRET, SERVICES, SMTP_AUTHORITIES, SMTP_PASSWORD, make

# Settings of the image, or of what compose itself puts there: no operator chooses them.
OF_IMAGE: Final = {
    "DATABASE_URL", "AMQP_URI", "DEPLOYMENT", "HTTP_HOST", "HTTP_PORT", "TOKEN_PUBLIC_KEY",
    "REVOKED_TOKENS_PATH", "OIDC_KEYS_PATH", "TRUSTED_PROXIES", "MAIL_DIR", "SMTP_PASSWORD", "SMTP_CA",
    "CONTACTS_SECONDS",
}  # fmt: skip


def test_what_a_hub_is_unless_set_is_right(tmp_path: Path) -> None:
    before = dict(os.environ)
    assert said(tmp_path) == []
    make(tmp_path)
    assert said(tmp_path) == []
    assert dict(os.environ) == before


def test_every_setting_can_be_set(tmp_path: Path) -> None:
    make(tmp_path)
    for name in (SMTP_PASSWORD, OIDC_CLIENT_SECRET):
        (tmp_path / name).chmod(0o600)
        (tmp_path / name).write_text("secret of ours\n")
    values = {
        "HUB_ID": "fens",
        "HUB_NAME": "Château d’Ely $1",
        "HUB_ADDRESS": "https://hub.lan",
        "HUB_TLS": "tls internal",
        "HUB_PUBLIC_URL": "https://hub.lan/",
        "HUB_SCHEMAS_URL": "https://schemas.example/hub",
        "HUB_HEADLINE_SCOPE": "hub",
        "HUB_LOG_LEVEL": "DEBUG",
        "HUB_OTLP_ENDPOINT": "http://collector:4318",
        "HUB_TRACE_RATIO": "0.1",
        "HUB_RETRY_AFTER": "1,5",
        "HUB_REQUESTS_PER_MINUTE": "10",
        "HUB_SMTP_HOST": "mail.example",
        "HUB_SMTP_USER": "hub",
        "HUB_MAIL_FROM": "hub@hub.example",
        "HUB_FOREIGN_SOURCES": "/hubs/oxford/visits=oxford.visits.events",
        "HUB_BROKER_MANAGEMENT_URL": "https://rabbit1.lan:15671, http://[::1]:15672/",
        "HUB_OIDC_ISSUER": "https://sign-in.example",
        "HUB_HTTP_PORT": "8080",
        "HUB_SUBSCRIBERS_HOST": "events.hub.lan",
        "HUB_SUBSCRIBERS_PORT": "5672",
        "COMPOSE_PROFILES": "observability,oidc,subscribers",
    }
    assert said(tmp_path, *values, **values) == []


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"HUB_ID": "Cambridge Hub"}, 'HUB_ID is "Cambridge Hub": this must be 1 to 63 letters, digits'),
        ({"HUB_ID": "../etc"}, 'HUB_ID is "../etc": this must be 1 to 63 letters, digits'),
        ({"HUB_NAME": "a\x1b[2J"}, 'HUB_NAME is "a?[2J": this must be at most'),
        ({"HUB_NAME": "x" * 201}, "this must be at most 200 printable characters"),
        ({"HUB_ADDRESS": ":8080"}, 'HUB_ADDRESS is ":8080": this must be :80, a name'),
        ({"HUB_ADDRESS": "https://hub.example/"}, "this must be :80, a name"),
        ({"HUB_ADDRESS": "hub.example.org:8443"}, "this must be :80, a name"),
        ({"HUB_TLS": "tls internal"}, "HUB_TLS is set, but HUB_ADDRESS is not https://"),
        ({"HUB_HTTP_PORT": "443"}, "HUB_HTTP_PORT and HUB_HTTPS_PORT are both 443"),
        ({"HUB_BROKER_MANAGEMENT_URL": "rabbit1:15672"}, "this must be addresses such as https://rabbit1"),
        ({"HUB_BROKER_MANAGEMENT_URL": "http://a:1,,http://b"}, "this must be addresses such as"),
        (
            {"HUB_BROKER_MANAGEMENT_URL": "http://user:pw@rabbit1"},  # pragma: allowlist secret
            "this must be addresses such as",
        ),
        ({"COMPOSE_PROFILES": "monitoring"}, "there is no 'monitoring'"),
        ({"HUB_SUBSCRIBERS_HOST": "https://hub.lan"}, "this must be a name such as hub.example.org"),
        ({"HUB_SUBSCRIBERS_HOST": "hub.lan:5671"}, "without a port"),
        (
            {"HUB_SUBSCRIBERS_PORT": "443", "COMPOSE_PROFILES": "subscribers"},
            "HUB_SUBSCRIBERS_PORT is 443, a port of the HTTP gateway: choose another.",
        ),
        (
            {"HUB_PUBLIC_URL": "hub.example.org"},
            'HUB_PUBLIC_URL is "hub.example.org": this must be an address',
        ),
        ({"HUB_PUBLIC_URL": "https://["}, "HUB_PUBLIC_URL is"),
        ({"HUB_SCHEMAS_URL": "/schemas"}, 'HUB_SCHEMAS_URL is "/schemas": not an absolute URI'),
        ({"HUB_HEADLINE_SCOPE": "county:x"}, 'HUB_HEADLINE_SCOPE is "county:x": '),
        ({"HUB_LOG_LEVEL": "LOUD"}, 'HUB_LOG_LEVEL is "LOUD": this must be one of CRITICAL, ERROR'),
        ({"HUB_LOG_LEVEL": "info"}, 'HUB_LOG_LEVEL is "info"'),
        ({"HUB_OTLP_ENDPOINT": "collector:4318"}, "HUB_OTLP_ENDPOINT is"),
        ({"HUB_TRACE_RATIO": "2"}, 'HUB_TRACE_RATIO is "2": must be'),
        ({"HUB_TRACE_RATIO": "nan"}, 'HUB_TRACE_RATIO is "nan": '),
        ({"HUB_RETRY_AFTER": "1 10 60"}, 'HUB_RETRY_AFTER is "1 10 60": this must be seconds'),
        ({"HUB_RETRY_AFTER": "-1"}, 'HUB_RETRY_AFTER is "-1"'),
        ({"HUB_RETRY_AFTER": "nan"}, 'HUB_RETRY_AFTER is "nan"'),
        ({"HUB_REQUESTS_PER_MINUTE": "many"}, 'HUB_REQUESTS_PER_MINUTE is "many": not a valid integer.'),
        ({"HUB_REQUESTS_PER_MINUTE": "-1"}, "HUB_REQUESTS_PER_MINUTE is"),
        ({"HUB_ALLOW_HUB_TIME": "maybe"}, 'HUB_ALLOW_HUB_TIME is "maybe": not a valid boolean.'),
        ({"HUB_OUTER_GATEWAYS": "gateway.example"}, 'HUB_OUTER_GATEWAYS is "gateway.example": '),
        ({"HUB_FOREIGN_SOURCES": "oxford"}, "is not of the form /hubs/<hub>/<service>=<exchange>."),
        ({"HUB_SMTP_HOST": "mail.example"}, "HUB_MAIL_FROM is"),
        ({"HUB_SMTP_TLS": "ssl"}, 'HUB_SMTP_TLS is "ssl": this must be starttls, tls or none.'),
        ({"HUB_SMTP_PORT": "smtp"}, 'HUB_SMTP_PORT is "smtp": this must be a number from 1'),
        ({"HUB_SMTP_PORT": "70000"}, 'HUB_SMTP_PORT is "70000": this must be a number'),
        ({"HUB_MAIL_FROM": "hub"}, 'HUB_MAIL_FROM is "hub": this must be an e-mail address'),
        ({"HUB_SMTP_USER": "hub"}, "HUB_SMTP_USER is set, and the secret"),
        ({"HUB_OIDC_ISSUER": "https://sign-in.example"}, "HUB_OIDC_ISSUER is set, and the secret"),
        ({"HUB_OIDC_ISSUER": "sign-in"}, 'HUB_OIDC_ISSUER is "sign-in": this must be an address'),
    ],
)
def test_what_cannot_be_is_one_sentence(tmp_path: Path, values: dict[str, str], says: str) -> None:
    (sentence,) = said(tmp_path, *values, **values)
    assert says in sentence
    assert sentence.endswith(".")
    assert "\n" not in sentence


def test_all_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    values = {"HUB_LOG_LEVEL": "LOUD", "HUB_HEADLINE_SCOPE": "x", "HUB_SMTP_TLS": "ssl", "HUB_ADDRESS": "/"}
    names = [sentence.partition(" ")[0] for sentence in said(tmp_path, **values)]
    assert sorted(names) == sorted(values)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("HUB_SMTP_HOTS", "is HUB_SMTP_HOST meant?"),
        ("HUB_ADRESS", "is HUB_ADDRESS meant?"),
        ("HUB_ZZZ", "remove it; docs/operations.md lists all."),
    ],
)
def test_a_name_that_is_no_setting(tmp_path: Path, name: str, says: str) -> None:
    assert said(tmp_path, name) == [f"{name} in deploy/.env is not a setting of this release: {says}"]


def test_names_of_other_programs_and_of_earlier_releases_are_left(tmp_path: Path) -> None:
    assert said(tmp_path, "COMPOSE_PROJECT_NAME", "PIP_INDEX_URL", "HUB_AREA_LA_CODES") == []


def test_a_secret_that_a_service_refuses_is_named_and_not_told(tmp_path: Path) -> None:
    make(tmp_path)
    path = tmp_path / SMTP_AUTHORITIES
    path.chmod(0o600)
    path.write_text("not a certificate")
    values = {"HUB_SMTP_HOST": "mail.example", "HUB_MAIL_FROM": "hub@hub.example"}
    (sentence,) = said(tmp_path, **values)
    assert sentence == f"The secret {path}: this file must hold certificates in PEM."


def test_the_command_reads_what_compose_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps(resolved({}))))
    command.main(["settings", str(tmp_path)])
    assert list(tmp_path.iterdir()) == []
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps(resolved({"HUB_LOG_LEVEL": "LOUD"}))))
    with pytest.raises(SystemExit, match='HUB_LOG_LEVEL is "LOUD"'):
        command.main(["settings", str(tmp_path), "HUB_LOG_LEVEL"])
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps(resolved({}))))
    with pytest.raises(SystemExit, match=r"HUB_NMAE in deploy/\.env is not a setting"):
        command.main(["settings", str(tmp_path), "HUB_NMAE"])
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps(resolved({}))))
    with pytest.raises(SystemExit, match="are lost; the data of this hub cannot be opened"):
        command.main(["settings", str(tmp_path), "--hub-exists"])
    assert capsys.readouterr().out == ""


def read_by(service: str) -> set[str]:
    """The settings that a service's code reads."""
    files = (ROOT / "shared/hub_platform/settings.py", ROOT / f"services/{service}/hub_{service}/config.py")
    text = "".join(path.read_text() for path in files)
    return set(re.findall(r'env\.\w+\(\s*[\'"]([A-Z_]+)[\'"]', text))


@pytest.mark.parametrize("service", SERVICES)
def test_every_setting_that_a_service_reads_reaches_its_container(service: str) -> None:
    compose = compose_project()
    given = compose["services"][service]["environment"]
    for name in read_by(service) - OF_IMAGE:
        assert f"HUB_{name}" in DOCUMENTED, name
        assert f"${{HUB_{name}:-" in str(given.get(f"HUB_{name}")), name


def test_every_setting_of_services_is_read_by_one() -> None:
    read = {f"HUB_{name}" for service in SERVICES for name in read_by(service)}
    assert read >= OF_SERVICES


def test_an_operators_command_knows_the_address_of_schemas_that_services_know() -> None:
    compose = compose_project()
    given = compose["services"]["operator"]["environment"]
    assert {"HUB_SCHEMAS_URL", "HUB_PUBLIC_URL"} <= given.keys()


def test_documents_the_example_and_the_check_name_the_same_settings() -> None:
    example = set(
        re.findall(r"^#? ?((?:HUB|COMPOSE)_\w+)=", (DEPLOY / ".env.example").read_text(), re.MULTILINE)
    )
    rows = re.findall(r"^\| (`.*?) \| ", (ROOT / "docs" / "operations.md").read_text(), re.MULTILINE)
    documented = {name for row in rows for name in re.findall(r"`((?:HUB|COMPOSE)_\w+)`", row)}
    assert example == documented == DOCUMENTED


def test_the_example_can_be_taken_as_it_is(tmp_path: Path) -> None:
    """Every line is a comment; without its mark it is a setting that can be."""
    lines = (DEPLOY / ".env.example").read_text().splitlines()
    assert all(not line or line.startswith("#") for line in lines)
    values = dict(line.removeprefix("# ").split("=", 1) for line in lines if re.match("# [A-Z_]+=", line))
    values = {name: value.partition(" #")[0].strip("'\"") for name, value in values.items()}
    for name in (SMTP_PASSWORD, OIDC_CLIENT_SECRET):
        (tmp_path / name).write_text("secret of ours")
    assert said(tmp_path, *values, **values) == []
