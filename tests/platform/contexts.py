"""Contexts of processes that are never started; a test states only what matters to it."""

from types import SimpleNamespace
from typing import Any, Final, cast

from joserfc.jwk import OKPKey
from prometheus_client import CollectorRegistry
from sqlalchemy.orm import sessionmaker

from hub_platform.access import TokenCheck
from hub_platform.clocks import Clocks
from hub_platform.context import KEY, Context
from hub_platform.limiting import NO_LIMIT, RateLimits
from hub_platform.settings import Settings
from hub_platform.shares import Shares

SETTINGS: Final = {"allow_hub_time": False}


def make_context(**parts: Any) -> Context[None]:
    """A context without a database."""
    plain: dict[str, Any] = {
        "settings": cast("Settings", SimpleNamespace(**SETTINGS)),
        "options": None,
        "sessions": sessionmaker(),
        "clocks": Clocks(),
        "token_check": TokenCheck(OKPKey.generate_key("Ed25519")),
        "cookie_name": "hub_session_test",
        "rate_limits": RateLimits(NO_LIMIT, NO_LIMIT),
        "shares": Shares(),
        "metrics": CollectorRegistry(),
    }
    return Context(**plain | parts)


def config_with(**parts: Any) -> dict[str, Any]:
    """Nameko's configuration with such a context."""
    return {KEY: make_context(**parts)}
