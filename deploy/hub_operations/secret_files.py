"""A deployment's secrets, each in a file of its own: generated once, never printed, read by one container.

A service reads the complete URL of its database and of its broker from a file, password included, so that no
script or environment has to combine a URL and a password.
"""

import importlib
import json
import secrets
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from joserfc.jwk import OKPKey

from hub_contracts.json_text import JsonObject
from hub_messaging import topology
from hub_messaging.subscribe import subscriber_of
from hub_messaging.topology import Subscriber
from hub_operations import subscriber_certificates
from hub_operations.secret_writing import FOLDER_MODE, replace, rewrite
from hub_platform import tokens
from hub_platform.clocks import real_now

SERVICES: Final = ("enrolment", "visits", "notifications", "reporting")
ADMINISTRATOR: Final = "hub_admin"
VIRTUAL_HOST: Final = "hub"
DATABASE_HOST: Final = "postgres:5432"
BROKER_HOST: Final = "rabbitmq:5672"
PASSWORD_BYTES: Final = 24
LEAST_PASSWORD: Final = 16  # characters, of a password that an operator has chosen

PRIVATE_KEY: Final = "token_private_key.json"
PUBLIC_KEY: Final = "token_public_key.json"
DEFINITIONS: Final = "rabbitmq_definitions.json"
# Filled in by the operator; empty where not needed.
SMTP_PASSWORD: Final = "smtp_password"  # noqa: S105 - a file's name
SMTP_AUTHORITIES: Final = "smtp_ca.pem"  # authorities that sign the mail server's certificate
OIDC_CLIENT_SECRET: Final = "oidc_client_secret"  # noqa: S105 - a file's name
OIDC_COOKIE_SECRET: Final = "oidc_cookie_secret"  # noqa: S105 - a file's name; 32 characters, as the proxy wants it
METRICS_TOKEN: Final = "metrics_token"  # noqa: S105 - a file's name; what Prometheus shows to services
METRICS_LASTS: Final = timedelta(days=366)
METRICS_RENEWED: Final = timedelta(days=60)  # before its end, at the next `make up`


class WeakSecret(Exception):
    """An operator's password is too weak; the message names the file, never its content."""


# Long: one line for each secret.
def make(folder: Path, subscribers_host: str = "localhost") -> list[str]:
    """Generate the missing secrets, leave the others; return the names of the new files.

    Args:
        folder: of the secrets; it need not exist.
        subscribers_host: the host name or IP address that subscribers connect to.

    Raises:
        WeakSecret: a password is too short, or would have to be escaped in a URL.
        OSError: the folder cannot be written.
    """
    folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    folder.chmod(FOLDER_MODE)
    made: list[str] = []

    def keep(name: str, content: Callable[[], str]) -> str:
        path = folder / name
        if not path.exists() or not path.read_text().strip():
            replace(path, content())
            made.append(name)
        return path.read_text().strip()

    def password(name: str) -> str:
        return checked(name, keep(name, lambda: secrets.token_urlsafe(PASSWORD_BYTES)))

    password("postgres_password")
    password("grafana_password")
    keep(OIDC_COOKIE_SECRET, lambda: secrets.token_urlsafe(PASSWORD_BYTES))
    for name in (SMTP_PASSWORD, SMTP_AUTHORITIES, OIDC_CLIENT_SECRET):
        if not (folder / name).exists():
            replace(folder / name, "")
    for service in SERVICES:
        own = password(f"database_password_{service}")
        keep(f"database_url_{service}", lambda: database_url(service, own))  # noqa: B023 - called at once
    broker = {user: password(f"broker_password_{user}") for user in (ADMINISTRATOR, *SERVICES)}
    for user, own in broker.items():
        keep(f"amqp_uri_{user}", lambda: amqp_uri(user, own))  # noqa: B023 - called at once
    private = keep(PRIVATE_KEY, lambda: json.dumps(OKPKey.generate_key("Ed25519").as_dict(private=True)))
    keep(PUBLIC_KEY, lambda: public_half(private))
    renew_metrics_token(folder, private, real_now())
    made += subscriber_certificates.provide(folder, subscribers_host, real_now())
    # Written at each start: a release may have new queues and bindings. Passwords in it are hashed.
    replace(folder / DEFINITIONS, json.dumps(definitions(subscribers(), broker), indent=1))
    return made


def renew_metrics_token(folder: Path, private_key: str, now: datetime) -> None:
    """Renew the token of Prometheus unless it is valid for two more months."""
    path = folder / METRICS_TOKEN
    made = datetime.fromtimestamp(path.stat().st_mtime, UTC) if path.exists() else None
    if made is not None and made + METRICS_LASTS - METRICS_RENEWED > now and path.read_text().strip():
        return
    key = tokens.read_key(private_key)
    token, _ = tokens.issue(key, "prometheus", ["subscriber"], METRICS_LASTS, now)
    rewrite(path, token)


def checked(name: str, password: str) -> str:
    """Return the password, if it is strong enough and needs no escaping.

    Raises:
        WeakSecret: it is too short, or has characters that a URL or an SQL statement must escape.
    """
    if len(password) < LEAST_PASSWORD or not all(c.isalnum() or c in "-_" for c in password):
        raise WeakSecret(
            f"The secret {name} is too weak: it needs at least {LEAST_PASSWORD} letters, digits, - and _."
            " Delete the file before the first start, and a new password is generated."
        )
    return password


def database_url(service: str, password: str) -> str:
    """Return the URL of a service's database."""
    return f"postgresql+psycopg2://hub_{service}:{password}@{DATABASE_HOST}/hub_{service}"


def database_urls(folder: Path) -> dict[str, str]:
    """Read the URLs of all databases from their files: service → URL.

    Raises:
        OSError: a file is missing.
    """
    return {service: (folder / f"database_url_{service}").read_text().strip() for service in SERVICES}


def amqp_uri(user: str, password: str) -> str:
    """Return the AMQP URI of a service's broker user."""
    return f"amqp://{user}:{password}@{BROKER_HOST}/{VIRTUAL_HOST}"


def public_half(private_key: str) -> str:
    """Return the public key of a private one, both as JWK in JSON."""
    return json.dumps(tokens.read_key(private_key).as_dict(private=False))


def subscribers() -> list[Subscriber]:
    """Return the subscriptions and permissions of each service, as its class declares them."""
    return [
        subscriber_of(getattr(importlib.import_module(f"hub_{name}.service"), f"{name.capitalize()}Service"))
        for name in SERVICES
    ]


def definitions(listed: Iterable[Subscriber], passwords: Mapping[str, str]) -> JsonObject:
    """Return RabbitMQ's definitions: topology, an administrator, and a user for each service."""
    known = list(listed)
    administrator = {
        "users": [
            {
                "name": ADMINISTRATOR,
                "password_hash": topology.password_hash(passwords[ADMINISTRATOR]),
                "hashing_algorithm": "rabbit_password_hashing_sha256",
                "tags": ["administrator"],
            }
        ],
        "permissions": [
            {"user": ADMINISTRATOR, "vhost": VIRTUAL_HOST, "configure": ".*", "write": ".*", "read": ".*"}
        ],
    }
    services = topology.users(known, VIRTUAL_HOST, passwords)
    return topology.definitions(known, VIRTUAL_HOST) | {
        kind: administrator.get(kind, []) + things for kind, things in services.items()
    }
