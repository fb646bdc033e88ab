"""Settings of reporting beyond those of every service."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from environs import EnvValidationError

from hub_contracts.documents.channels import BROKER, PORT
from hub_kernel.refusals import Refused
from hub_platform.settings import PUBLIC_URL, environment
from hub_reporting.domain.scopes import Scope, parse_scope


@dataclass(frozen=True, kw_only=True)
class Options:
    """Which hub this is, and whose engagement its page begins with."""

    hub_id: str
    hub_name: str  # until the hub is described
    headline: Scope  # whose schools the engagement figure at the top of the page is about
    schemas_url: str = "https://hub.example.org/schemas"  # what `dataschema` of every event begins with
    broker: str = BROKER  # host and port at which subscribers of other organisations find it


def load() -> Options:
    """Read the settings.

    Raises:
        environs.EnvValidationError: one is malformed.
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
        return "localhost"  # the platform's settings refuse this address, with its name


def _invalid(name: str, said: str) -> EnvValidationError:
    messages = {name: [said]}
    return EnvValidationError(f"Environment variables invalid: {messages}", messages)
