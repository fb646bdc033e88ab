"""Settings of reporting beyond those of every service."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from environs import EnvValidationError

from hub_platform.settings import PUBLIC_URL, environment
from hub_reporting.domain.refusals import Refused
from hub_reporting.domain.scopes import Scope, parse_scope


@dataclass(frozen=True, kw_only=True)
class Options:
    """Which hub this is, and whose engagement its page begins with."""

    hub_id: str
    hub_name: str  # until the hub is described
    headline: Scope  # whose schools the engagement figure at the top of the page is about
    schemas_url: str = "https://hub.example.org/schemas"  # what `dataschema` of every event begins with
    subscribers_host: str = "hub.example.org"  # where subscribers find the broker, without a port


def load() -> Options:
    """Read the settings.

    Raises:
        environs.EnvValidationError: one is malformed.
    """
    env = environment()
    hub_id = env.str("ID", "cambridge")
    hub_name = env.str("NAME", "Cambridge Maths Hub")
    headline = env.str("HEADLINE_SCOPE", "la:873")
    public_url = env.str("PUBLIC_URL", PUBLIC_URL).rstrip("/")
    schemas_url = env.str("SCHEMAS_URL", "").rstrip("/") or f"{public_url}/schemas"
    subscribers_host = env.str("SUBSCRIBERS_HOST", "") or urlsplit(public_url).hostname or ""
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
        subscribers_host=subscribers_host,
    )


def _invalid(name: str, said: str) -> EnvValidationError:
    messages = {name: [said]}
    return EnvValidationError(f"Environment variables invalid: {messages}", messages)
