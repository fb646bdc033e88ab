"""Where the services' databases are: the environment names them, or the hub that runs in this checkout."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from environs import EnvError, FileAwareEnv

from hub_messaging.envelope import SCHEMAS
from hub_platform.settings import PUBLIC_URL

SERVICES: Final = ("enrolment", "visits", "notifications", "reporting")
CONNECTIONS: Final = Path(__file__).resolve().parents[2] / ".local" / "run" / "connections.json"


LOSSES: Final = CONNECTIONS.parents[1] / "losses"


class WrongUse(Exception):
    """What was asked for makes no sense, or not here; the message says what to do, in one sentence."""


@dataclass(frozen=True)
class Hub:
    """What is known of a hub's connections."""

    database_urls: Mapping[str, str]  # service → URL, of the services that were found
    amqp_uris: Mapping[str, str]
    hub_id: str
    schemas_url: str = SCHEMAS  # where the schemas of events are found

    def chosen(self, services: Sequence[str]) -> list[str]:
        """The services asked for, or all that were found.

        Raises:
            WrongUse: there is no such service, or its database is not known.
        """
        for service in services:
            if service not in SERVICES:
                raise WrongUse(f"There is no service {service!r}; there are {', '.join(SERVICES)}.")
            self.database_url(service)
        return list(services) or [service for service in SERVICES if service in self.database_urls]

    def database_url(self, service: str) -> str:
        """Where a service's database is.

        Raises:
            WrongUse: nobody has said.
        """
        if service not in self.database_urls:
            raise WrongUse(
                f"Where the database of {service} is, HUB_{service.upper()}_DATABASE_URL must say."
            )
        return self.database_urls[service]


def find_hub(connections: Path = CONNECTIONS) -> Hub:
    """The hub that this command is about.

    Raises:
        WrongUse: there is none, or a setting cannot be read.
    """
    env = FileAwareEnv(prefix="HUB_", strip_whitespace=True)
    try:
        urls = _named(env, "DATABASE_URL")
        if urls:
            # As the services do, so that an event that is sent again is the same to the byte.
            schemas = env.str("SCHEMAS_URL", "") or f"{env.str('PUBLIC_URL', PUBLIC_URL).rstrip('/')}/schemas"
            return Hub(urls, _named(env, "AMQP_URI"), env.str("ID", "cambridge"), schemas)
    except (EnvError, ValueError, OSError) as exc:
        raise WrongUse(f"A setting cannot be read: {exc}") from exc
    try:
        known: Mapping[str, Any] = json.loads(connections.read_text())
        urls, uris, hub_id = known["database_urls"], known["amqp_uris"], known["hub_id"]
        return Hub(urls, uris, hub_id, known.get("schemas_url", SCHEMAS))  # an older run has written none
    except FileNotFoundError:
        raise WrongUse(
            "No hub was found: start one with `make run`, or say where the databases are in "
            "HUB_<SERVICE>_DATABASE_URL or HUB_<SERVICE>_DATABASE_URL_FILE."
        ) from None
    except (OSError, ValueError, KeyError, TypeError) as exc:
        raise WrongUse(
            f"{connections.name} of the running hub cannot be read ({type(exc).__name__})."
        ) from exc


def find_broker_administrator(connections: Path = CONNECTIONS) -> str:
    """The AMQP URI of the broker's administrator: by the environment, or of the hub that runs here.

    Raises:
        WrongUse: neither names it, or it cannot be read.
    """
    try:
        uri = FileAwareEnv(prefix="HUB_", strip_whitespace=True).str("BROKER_ADMIN_URI", "").strip()
        return uri or json.loads(connections.read_text())["broker_admin_uri"].strip()
    except FileNotFoundError:
        raise WrongUse(
            "This needs the broker's administrator: name the file of its AMQP URI in "
            "HUB_BROKER_ADMIN_URI_FILE."
        ) from None
    except (EnvError, OSError, ValueError, KeyError, TypeError, AttributeError) as exc:
        raise WrongUse(
            f"The address of the broker's administrator cannot be read ({type(exc).__name__})."
        ) from exc


def find_losses() -> Path:
    """The folder for lists of what a replay would lose: HUB_LOSSES_DIR, or one of this checkout."""
    return Path(FileAwareEnv(prefix="HUB_", strip_whitespace=True).str("LOSSES_DIR", "") or LOSSES)


def find_addresses(connections: Path = CONNECTIONS) -> dict[str, str]:
    """Where services answer over HTTP, service → base URL; only those that somebody names.

    Raises:
        WrongUse: the file of the running hub cannot be read.
    """
    named = _named(FileAwareEnv(prefix="HUB_", strip_whitespace=True), "ADDRESS")
    if named or not connections.exists():
        return named
    try:
        return dict(json.loads(connections.read_text())["addresses"])
    except (OSError, ValueError, KeyError, TypeError) as exc:
        raise WrongUse(f"Where services answer cannot be read ({type(exc).__name__}).") from exc


@dataclass(frozen=True)
class Gate:
    """Where a hub is asked from outside, with the credential that somebody was given."""

    address: str  # without a path
    token: str


def find_gate() -> Gate | None:
    """The hub that HUB_URL names, with the token of HUB_TOKEN or HUB_TOKEN_FILE; None when it names none.

    Raises:
        WrongUse: the token is missing or cannot be read, or the address is none.
    """
    env = FileAwareEnv(prefix="HUB_", strip_whitespace=True)
    address = env.str("URL", "").rstrip("/")
    if not address:
        return None
    if not address.startswith(("http://", "https://")):
        raise WrongUse("HUB_URL is an address like https://hub.example.org.")
    try:
        token = env.str("TOKEN", "").strip()
    except (EnvError, ValueError, OSError) as exc:
        raise WrongUse(f"The token of HUB_TOKEN_FILE cannot be read ({type(exc).__name__}).") from exc
    if not token:
        raise WrongUse("HUB_URL needs a token: name its file in HUB_TOKEN_FILE.")
    return Gate(address, token)


@dataclass(frozen=True)
class TokenPlaces:
    """What giving out and taking back tokens needs."""

    private_key: str  # a JSON Web Key (OKP, Ed25519)
    folder: Path  # of issued.json and revoked.json
    address: str  # of the hub's pages


def find_token_places(connections: Path = CONNECTIONS) -> TokenPlaces:
    """The key that signs tokens, and what is known of them: by the environment, or of the hub that runs here.

    Raises:
        WrongUse: no setting says, or the key's file cannot be read.
    """
    env = FileAwareEnv(prefix="HUB_", strip_whitespace=True)
    try:
        folder = env.str("TOKENS_DIR", "")
        if folder:
            address = env.str("PUBLIC_URL", "http://localhost")
            return TokenPlaces(env.str("TOKEN_PRIVATE_KEY"), Path(folder), address)
        known: Mapping[str, Any] = json.loads(connections.read_text())["tokens"]
        key = Path(known["private_key_file"]).read_text()
        return TokenPlaces(key, Path(known["folder"]), str(known["address"]))
    except FileNotFoundError:
        raise WrongUse(
            "No hub was found: start one with `make run`, or say where its tokens are in HUB_TOKENS_DIR and "
            "HUB_TOKEN_PRIVATE_KEY_FILE."
        ) from None
    except (EnvError, OSError, ValueError, KeyError, TypeError) as exc:
        raise WrongUse(f"Where the hub's tokens are cannot be read ({type(exc).__name__}).") from exc


def _named(env: FileAwareEnv, setting: str) -> dict[str, str]:
    found = {service: env.str(f"{service.upper()}_{setting}", "") for service in SERVICES}
    return {service: value for service, value in found.items() if value}
