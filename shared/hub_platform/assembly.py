"""Assemble the context of a service's process, and nameko's configuration that holds it."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final, TypeVar

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from hub_platform import context, recording, telemetry, tracing
from hub_platform.access import TokenCheck, session_cookie
from hub_platform.clocks import Clocks, Delivered, SettableClock, follow_events
from hub_platform.context import Check, Context
from hub_platform.database import Sessions, at_head, make_sessions
from hub_platform.issuer import Issuer
from hub_platform.limiting import RateLimits
from hub_platform.revoked import Revoked
from hub_platform.settings import Settings, load_settings
from hub_platform.shares import Shares

MAX_WORKERS: Final = 20  # requests and deliveries at once; more would only wait for the database

O = TypeVar("O")  # noqa: E741 - the options of a service


def make_context(service: str, migrations: Path, load_options: Callable[[], O]) -> Context[O]:
    """Read the settings, configure logs and traces, and make what the process shares.

    Raises:
        environs.EnvValidationError: naming every setting that is missing or malformed.
    """
    settings = load_settings(service)
    options = load_options()
    telemetry.configure(service, settings.log_level)
    tracing.configure(settings)
    sessions = make_sessions(settings.database_url)
    path = settings.revoked_tokens_path
    revoked = Revoked(Path(path) if path else None)
    issuer = issuer_of(settings)
    return Context(
        settings=settings,
        options=options,
        sessions=sessions,
        clocks=clocks_of(settings, sessions),
        token_check=TokenCheck.from_jwk(settings.token_public_key, revoked, issuer),
        cookie_name=session_cookie(settings.deployment),
        rate_limits=RateLimits(settings.requests_per_minute, settings.forms_per_minute),
        shares=Shares(),
        metrics=telemetry.registry,
        checks={
            "database": database_check(sessions, migrations),
            "revoked tokens": lambda: revoked.reason,
        },
        details={"issuer's keys": lambda: issuer.reason} if issuer else {},
    )


def make_config(made: Context[O]) -> dict[str, object]:
    """Return nameko's configuration: its own settings, the context, and what hub_messaging reads by name.

    hub_messaging stands alone and imports no context: these keys are its published interface.
    """
    settings = made.settings
    return {
        "AMQP_URI": settings.amqp_uri,
        "WEB_SERVER_ADDRESS": f"{settings.http_host}:{settings.http_port}",
        "max_workers": MAX_WORKERS,
        context.KEY: made,
        "settings": settings,
        "sessions": made.sessions,
        "metrics": made.metrics,
        "checks": made.checks,
        "details": made.details,
        "work_left": made.work_left,
        "on_deliveries": followers_of(made),
        "on_recorded_answer": recording.question_recorder(made.sessions, made.clocks.real),
    }


def clocks_of(settings: Settings, sessions: Sessions) -> Clocks:
    """Return both clocks; hub time can be set only where the settings allow it."""
    return Clocks(hub=SettableClock(sessions)) if settings.allow_hub_time else Clocks()


def followers_of(made: Context[O]) -> list[Callable[[Iterable[Delivered]], None]]:
    """Return the functions that are called with accepted deliveries, so that hub time follows them."""
    hub = made.clocks.hub
    return [follow_events(hub, made.settings.hub_id)] if isinstance(hub, SettableClock) else []


def issuer_of(settings: Settings) -> Issuer | None:
    """Return the OpenID Connect issuer whose tokens are accepted, if the settings name one."""
    if not settings.oidc_issuer:
        return None
    return Issuer(
        settings.oidc_issuer,
        settings.oidc_audience,
        Path(settings.oidc_keys_path),
        settings.oidc_roles_claim,
        settings.oidc_subject_claim,
    )


def database_check(sessions: Sessions, migrations: Path) -> Check:
    """Make the readiness check of the database; whether it is at the head is looked up until it is."""
    is_at_head = False

    def check() -> str | None:
        nonlocal is_at_head
        try:
            is_at_head = is_at_head or at_head(sessions, migrations)
            with sessions() as session:
                session.execute(text("SELECT 1"))
        except SQLAlchemyError:
            return "the database does not answer"
        return None if is_at_head else "migrations have not been applied"

    return check
