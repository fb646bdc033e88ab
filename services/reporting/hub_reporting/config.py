"""Settings of reporting, in addition to those of every service."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from environs import EnvValidationError

from hub_contracts.documents.channels import BROKER, PORT
from hub_kernel.refusals import Refused
from hub_platform.dependencies import OwnSettings
from hub_platform.settings import PUBLIC_URL, environment
from hub_reporting.domain.hub import HubSettings
from hub_reporting.domain.scopes import parse_scope


@dataclass(frozen=True, kw_only=True)
class Options(HubSettings):
    """The hub, and the addresses in its public documents."""

    schemas_url: str = "https://hub.example.org/schemas"  # prefix of every event's `dataschema`
    broker: str = BROKER  # host and port for subscribers of other organisations


class Configured:
    """Base class of the parts of the service that read its own settings."""

    options = OwnSettings(Options)


def load() -> Options:
    """Read the settings.

    Raises:
        environs.EnvValidationError: a setting is malformed.
    """
    env = environment()
    hub_id = env.str("ID", "cambridge")
    hub_name = env.str("NAME", "Cambridge Maths Hub")
    headline = env.str("HEADLINE_SCOPE", "la:873")
    public_url = (env.str("PUBLIC_URL", "") or PUBLIC_URL).rstrip("/")
    schemas_url = env.str("SCHEMAS_URL", "").rstrip("/") or f"{public_url}/schemas"
    host = env.str("SUBSCRIBERS_HOST", "") or _host_of(public_url)
    port = env.int("SUBSCRIBERS_PORT", PORT)
    env.seal()
    try:
        scope = parse_scope(headline)
    except Refused as exc:
        raise _invalid("HUB_HEADLINE_SCOPE", exc.detail) from exc
    return Options(
        hub_id=hub_id,
        hub_name=hub_name,
        headline=scope,
        schemas_url=schemas_url,
        broker=f"{host}:{port}",
    )


def _host_of(address: str) -> str:
    try:
        return urlsplit(address).hostname or "localhost"
    except ValueError:
        return "localhost"  # the platform rejects this address when it reads its own settings


def _invalid(name: str, detail: str) -> EnvValidationError:
    messages = {name: [detail]}
    return EnvValidationError(f"Environment variables invalid: {messages}", messages)
