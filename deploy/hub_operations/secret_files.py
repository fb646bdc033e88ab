"""A deployment's secrets, each in a file of its own: made once, never printed, read by one container each.

A service is told where its database and its broker are by a file that holds the whole address, password
included, so that no password is ever put together from parts in a place where it could be seen.
"""

import importlib
import json
import secrets
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from joserfc.jwk import OKPKey

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
LEAST_PASSWORD: Final = 16  # characters, of one that an operator has put there

PRIVATE_KEY: Final = "token_private_key.json"
PUBLIC_KEY: Final = "token_public_key.json"
DEFINITIONS: Final = "rabbitmq_definitions.json"
# An operator's to fill in; empty where none is needed.
SMTP_PASSWORD: Final = "smtp_password"  # noqa: S105 - a file's name
SMTP_AUTHORITIES: Final = "smtp_ca.pem"  # certificates of authorities that sign the mail server's
OIDC_CLIENT_SECRET: Final = "oidc_client_secret"  # noqa: S105 - a file's name
OIDC_COOKIE_SECRET: Final = "oidc_cookie_secret"  # noqa: S105 - a file's name; 32 characters, as the proxy wants it
METRICS_TOKEN: Final = "metrics_token"  # noqa: S105 - a file's name; what Prometheus shows to services
METRICS_LASTS: Final = timedelta(days=366)
METRICS_RENEWED: Final = timedelta(days=60)  # before its end, by whichever `make up` comes next


class WeakSecret(Exception):
    """A secret that somebody has put there is no good; the message says which, never what it is."""


# Long: one line for each secret.
def make(folder: Path, subscribers_host: str = "localhost") -> list[str]:
    """Make whatever is missing; what is there stays. Gives the names of what was made.

    Args:
        folder: of the secrets; it need not exist.
        subscribers_host: the name or address that subscribers connect to.

    Raises:
        WeakSecret: a password is too short or would not fit into an address.
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
    # Made anew each time: a release may bring new queues and bindings, and the passwords in it are hashed.
    replace(folder / DEFINITIONS, json.dumps(definitions(subscribers(), broker), indent=1))
    return made


def renew_metrics_token(folder: Path, private_key: str, now: datetime) -> None:
    """Keep a token for Prometheus that is good for two months at least."""
    path = folder / METRICS_TOKEN
    made = datetime.fromtimestamp(path.stat().st_mtime, UTC) if path.exists() else None
    if made is not None and made + METRICS_LASTS - METRICS_RENEWED > now and path.read_text().strip():
        return
    key = tokens.read_key(private_key)
    token, _ = tokens.issue(key, "prometheus", ["subscriber"], METRICS_LASTS, now)
    rewrite(path, token)


def checked(name: str, password: str) -> str:
    """A password that can be used as it is.

    Raises:
        WeakSecret: it is too short, or holds what an address or a statement would have to escape.
    """
    if len(password) < LEAST_PASSWORD or not all(c.isalnum() or c in "-_" for c in password):
        raise WeakSecret(
            f"The secret {name} is no good: it needs at least {LEAST_PASSWORD} letters, digits, - and _."
            " Delete the file before the first start, and a new one is made."
        )
    return password


def database_url(service: str, password: str) -> str:
    """Where a service finds its database."""
    return f"postgresql+psycopg2://hub_{service}:{password}@{DATABASE_HOST}/hub_{service}"


def database_urls(folder: Path) -> dict[str, str]:
    """Where all of them are, as the files say; service → URL.

    Raises:
        OSError: a file is missing.
    """
    return {service: (folder / f"database_url_{service}").read_text().strip() for service in SERVICES}


def amqp_uri(user: str, password: str) -> str:
    """Where a service finds its broker."""
    return f"amqp://{user}:{password}@{BROKER_HOST}/{VIRTUAL_HOST}"


def public_half(private_key: str) -> str:
    """The key that checks what the other has signed."""
    return json.dumps(tokens.read_key(private_key).as_dict(private=False))


def subscribers() -> list[Subscriber]:
    """Each service's place in the broker, as its class declares it."""
    return [
        subscriber_of(getattr(importlib.import_module(f"hub_{name}.service"), f"{name.capitalize()}Service"))
        for name in SERVICES
    ]


def definitions(listed: Iterable[Subscriber], passwords: Mapping[str, str]) -> dict[str, Any]:
    """What RabbitMQ loads at start: topology, an administrator, and for each service a user of its own."""
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
