"""Settings of reporting beyond those of every service."""

from dataclasses import dataclass

from environs import EnvValidationError

from hub_platform.settings import environment
from hub_reporting.domain.refusals import Refused
from hub_reporting.domain.scopes import Scope, parse_scope


@dataclass(frozen=True, kw_only=True)
class Options:
    """Which hub this is, and where."""

    hub_id: str
    hub_name: str
    la_codes: frozenset[str]  # the local authorities that the hub's grant names
    headline: Scope  # whose schools the engagement figure at the top of the page is about


def load() -> Options:
    """Read the settings.

    Raises:
        environs.EnvValidationError: one is malformed.
    """
    env = environment()
    hub_id = env.str("ID", "cambridge")
    hub_name = env.str("NAME", "Cambridge Maths Hub")
    la_codes = env.list("AREA_LA_CODES", ["873", "874"])  # Cambridgeshire, Peterborough
    headline = env.str("HEADLINE_SCOPE", "la:873")
    env.seal()
    wrong = [code for code in la_codes if not (len(code) == 3 and code.isdecimal())]
    if wrong:
        raise _invalid("HUB_AREA_LA_CODES", "Each code has three digits: 873,874.")
    try:
        scope = parse_scope(headline)
    except Refused as exc:
        raise _invalid("HUB_HEADLINE_SCOPE", exc.detail) from exc
    return Options(hub_id=hub_id, hub_name=hub_name, la_codes=frozenset(la_codes), headline=scope)


def _invalid(name: str, said: str) -> EnvValidationError:
    messages = {name: [said]}
    return EnvValidationError(f"Environment variables invalid: {messages}", messages)
