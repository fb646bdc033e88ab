"""Connections of a hub: from the environment, or from the hub that runs in this checkout."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NotRequired, TypedDict

from environs import EnvError, FileAwareEnv

from hub_messaging.envelope import SCHEMAS
from hub_platform.settings import PUBLIC_URL

SERVICES: Final = ("enrolment", "visits", "notifications", "reporting")
CONNECTIONS: Final = Path(__file__).resolve().parents[2] / ".local" / "run" / "connections.json"


LOSSES: Final = CONNECTIONS.parents[1] / "losses"


class _Connections(TypedDict):
    """The file of the running hub, as far as `find_hub` reads it."""

    database_urls: dict[str, str]  # service → URL
    amqp_uris: dict[str, str]  # service → URI
    hub_id: str
    schemas_url: NotRequired[str]


class _Tokens(TypedDict):
    """The entry `tokens` of that file."""

    private_key_file: str
    folder: str
    address: str


class WrongUse(Exception):
    """A command that cannot be carried out as given; the message is a sentence with the remedy."""


@dataclass(frozen=True)
class Hub:
    """The known connections of a hub."""

    database_urls: Mapping[str, str]  # service → URL, for services with a known URL
    amqp_uris: Mapping[str, str]
    hub_id: str
    schemas_url: str = SCHEMAS  # base URL of the schemas of events

    def chosen(self, services: Sequence[str]) -> list[str]:
        """Return the given services, or all known ones.

        Raises:
            WrongUse: a service does not exist, or its database is not known.
        """
        for service in services:
            if service not in SERVICES:
                raise WrongUse(f"There is no service {service!r}; there are {', '.join(SERVICES)}.")
            self.database_url(service)
        return list(services) or [service for service in SERVICES if service in self.database_urls]

    def database_url(self, service: str) -> str:
        """Return the URL of a service's database.

        Raises:
            WrongUse: it is not known.
        """
        if service not in self.database_urls:
            raise WrongUse(f"The database of {service} is not known: set HUB_{service.upper()}_DATABASE_URL.")
        return self.database_urls[service]


def find_hub(connections: Path = CONNECTIONS) -> Hub:
    """Return the hub of this command.

    Raises:
        WrongUse: there is none, or a setting cannot be read.
    """
    env = FileAwareEnv(prefix="HUB_", strip_whitespace=True)
    try:
        urls = _named(env, "DATABASE_URL")
        if urls:
            # As in the services, so that an event that is published again has the same bytes.
            schemas = env.str("SCHEMAS_URL", "") or f"{env.str('PUBLIC_URL', PUBLIC_URL).rstrip('/')}/schemas"
            return Hub(urls, _named(env, "AMQP_URI"), env.str("ID", "cambridge"), schemas)
    except (EnvError, ValueError, OSError) as exc:
        raise WrongUse(f"A setting cannot be read: {exc}") from exc
    try:
        known: _Connections = json.loads(connections.read_text())
        urls, uris, hub_id = known["database_urls"], known["amqp_uris"], known["hub_id"]
        return Hub(urls, uris, hub_id, known.get("schemas_url", SCHEMAS))  # an older run wrote no such entry
    except FileNotFoundError:
        raise WrongUse(
            "No hub was found: start one with `make run`, or set the URLs of the databases in "
            "HUB_<SERVICE>_DATABASE_URL or HUB_<SERVICE>_DATABASE_URL_FILE."
        ) from None
    except (OSError, ValueError, KeyError, TypeError) as exc:
        raise WrongUse(
            f"{connections.name} of the running hub cannot be read ({type(exc).__name__})."
        ) from exc


def find_broker_administrator(connections: Path = CONNECTIONS) -> str:
    """Return the AMQP URI of the broker's administrator, from the environment or the hub that runs here.

    Raises:
        WrongUse: neither names it, or it cannot be read.
    """
    try:
        uri = FileAwareEnv(prefix="HUB_", strip_whitespace=True).str("BROKER_ADMIN_URI", "").strip()
        return uri or json.loads(connections.read_text())["broker_admin_uri"].strip()
    except FileNotFoundError:
        raise WrongUse(
            "This command needs the broker's administrator: name the file with its AMQP URI in "
            "HUB_BROKER_ADMIN_URI_FILE."
        ) from None
    except (EnvError, OSError, ValueError, KeyError, TypeError, AttributeError) as exc:
        raise WrongUse(
            f"The URI of the broker's administrator cannot be read ({type(exc).__name__})."
        ) from exc


def find_losses() -> Path:
    """Return the folder for lists of lost rows: HUB_LOSSES_DIR, or one of this checkout."""
    return Path(FileAwareEnv(prefix="HUB_", strip_whitespace=True).str("LOSSES_DIR", "") or LOSSES)


def find_addresses(connections: Path = CONNECTIONS) -> dict[str, str]:
    """Return the known base URLs of services: service → URL.

    Raises:
        WrongUse: the file of the running hub cannot be read.
    """
    named = _named(FileAwareEnv(prefix="HUB_", strip_whitespace=True), "ADDRESS")
    if named or not connections.exists():
        return named
    try:
        return dict(json.loads(connections.read_text())["addresses"])
    except (OSError, ValueError, KeyError, TypeError) as exc:
        raise WrongUse(f"The addresses of services cannot be read ({type(exc).__name__}).") from exc


@dataclass(frozen=True)
class Gate:
    """A hub that is reached from outside, and a token for it."""

    address: str  # base URL
    token: str


def find_gate() -> Gate | None:
    """Return the hub of HUB_URL with the token of HUB_TOKEN or HUB_TOKEN_FILE; None without HUB_URL.

    Raises:
        WrongUse: the token is missing or cannot be read, or HUB_URL is no URL.
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
    """The key and the folder with which tokens are issued and revoked."""

    private_key: str  # a JSON Web Key (OKP, Ed25519)
    folder: Path  # of issued.json and revoked.json
    address: str  # of the hub's pages


def find_token_places(connections: Path = CONNECTIONS) -> TokenPlaces:
    """Return the signing key and the folder of tokens, from the environment or the hub that runs here.

    Raises:
        WrongUse: no setting names them, or the key's file cannot be read.
    """
    env = FileAwareEnv(prefix="HUB_", strip_whitespace=True)
    try:
        folder = env.str("TOKENS_DIR", "")
        if folder:
            address = env.str("PUBLIC_URL", "http://localhost")
            return TokenPlaces(env.str("TOKEN_PRIVATE_KEY"), Path(folder), address)
        known: _Tokens = json.loads(connections.read_text())["tokens"]
        key = Path(known["private_key_file"]).read_text()
        return TokenPlaces(key, Path(known["folder"]), known["address"])
    except FileNotFoundError:
        raise WrongUse(
            "No hub was found: start one with `make run`, or name its tokens in HUB_TOKENS_DIR and "
            "HUB_TOKEN_PRIVATE_KEY_FILE."
        ) from None
    except (EnvError, OSError, ValueError, KeyError, TypeError) as exc:
        raise WrongUse(f"The settings of the hub's tokens cannot be read ({type(exc).__name__}).") from exc


def _named(env: FileAwareEnv, setting: str) -> dict[str, str]:
    found = {service: env.str(f"{service.upper()}_{setting}", "") for service in SERVICES}
    return {service: value for service, value in found.items() if value}
