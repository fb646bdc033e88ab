"""Starts a service: `python -m hub_<name> run | migrate | openapi` is `main()` and nothing more."""

import argparse
import importlib
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from environs import EnvError, EnvValidationError

MAX_WORKERS = 20  # requests and deliveries in hand at once; more would only wait for the database


def main(
    *, service: str, service_class: str, package: str, commands: Mapping[str, str] | None = None
) -> None:
    """Do what the command line asks of one service.

    Args:
        service: its name, as in paths and queues.
        service_class: "package.module:Class".
        package: the import package that holds its `migrations`.
        commands: what else it can be asked for, as "package.module:function". The function is given the
            service's class, a way to read a setting by its name and the rest of the command line; it gives
            the exit code.
    """
    further = commands or {}
    parser = argparse.ArgumentParser(prog=f"python -m {package}", description=f"The {service} service.")
    parser.add_argument("command", choices=["run", "migrate", "openapi", *further])
    known, rest = parser.parse_known_args()
    command = known.command
    if rest and command not in further:
        parser.error(f"{command} takes nothing else")
    try:
        if command in further:
            sys.exit(_load(further[command])(_load(service_class), setting, rest))
        if command == "run":
            run(service, service_class, package)
        elif command == "migrate":
            _migrate(service, package)
        else:
            json.dump(_describe(service_class), sys.stdout, indent=2)
    except EnvValidationError as exc:
        sys.exit(f"{service}: the settings are not complete: {exc.error_messages}")
    except EnvError as exc:
        sys.exit(f"{service}: the settings are not complete: {exc}")


def setting(name: str) -> str:
    """One setting by its name without HUB_; a few have a usual value.

    Raises:
        environs.EnvError: it is missing or malformed.
    """
    from hub_platform.settings import OPTIONAL, check_foreign_sources, environment

    env = environment(eager=True)
    if name == "FOREIGN_SOURCES":
        return env.str(name, OPTIONAL[name], validate=check_foreign_sources(env))
    return env.str(name, OPTIONAL[name]) if name in OPTIONAL else env.str(name)


def run(service: str, service_class: str, package: str) -> None:
    """Run the service until SIGTERM or SIGINT."""
    import os
    import warnings

    # eventlet's own resolver costs 23 MB in every service; names are looked up on threads instead (ADR 23).
    os.environ.setdefault("EVENTLET_NO_GREENDNS", "yes")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # eventlet is in maintenance mode: known: docs/adr names the way out
        import eventlet

    eventlet.monkey_patch()  # before anything opens a socket

    from eventlet import debug

    from hub_platform.container import HubContainer
    from hub_platform.names import look_up_on_threads
    from hub_platform.patience import be_patient
    from hub_platform.stopping import Departure
    from hub_platform.web import AddressTaken

    look_up_on_threads()
    be_patient()
    debug.hub_exceptions(False)  # noqa: FBT003 - it prints messages, which may hold what somebody sent; we log

    container = HubContainer(_load(service_class), make_config(service, package))
    departure = Departure(service, container)
    container.on_death = departure.set_clock
    departure.listen()
    try:
        container.start()
    except AddressTaken as exc:
        sys.exit(f"{service}: {exc}")
    departure.started()
    try:
        container.wait()
    except Exception:  # noqa: BLE001 - the container has logged it, without its message
        sys.exit(1)


def make_config(service: str, package: str) -> dict[str, Any]:
    """What nameko hands to every extension: its own settings and ours."""
    from hub_platform import recording, telemetry, tracing
    from hub_platform.access import TokenCheck, session_cookie
    from hub_platform.database import make_sessions
    from hub_platform.limiting import RateLimits
    from hub_platform.revoked import Revoked
    from hub_platform.settings import load_settings
    from hub_platform.shares import Shares

    settings = load_settings(service)
    telemetry.configure(service, settings.log_level)
    tracing.configure(settings)
    sessions = make_sessions(settings.database_url)
    path = settings.revoked_tokens_path
    revoked = Revoked(Path(path) if path else None)
    clocks, listeners = clocks_of(settings, sessions)
    issuer = issuer_of(settings)
    return {
        "AMQP_URI": settings.amqp_uri,
        "WEB_SERVER_ADDRESS": f"{settings.http_host}:{settings.http_port}",
        "max_workers": MAX_WORKERS,
        "settings": settings,
        "sessions": sessions,
        "clocks": clocks,
        "on_deliveries": listeners,
        "on_recorded_answer": recording.question_recorder(sessions, clocks.real),
        "hub_time_of_turns": {},
        "work_left": {},
        "details": {"issuer's keys": lambda: issuer.reason} if issuer else {},
        "metrics": telemetry.registry,
        "token_check": TokenCheck.from_jwk(settings.token_public_key, revoked, issuer),
        "cookie_name": session_cookie(settings.deployment),
        "rate_limits": RateLimits(settings.requests_per_minute, settings.forms_per_minute),
        "shares": Shares(),
        "checks": {
            "database": database_check(sessions, migrations_of(package)),
            "revoked tokens": lambda: revoked.reason,
        },
    }


def clocks_of(settings: Any, sessions: Any) -> tuple[Any, list[Any]]:
    """Both clocks, and what is called with accepted deliveries so that hub time follows them."""
    from hub_platform.clocks import Clocks, SettableClock, follow_events

    if not settings.allow_hub_time:
        return Clocks(), []
    hub = SettableClock(sessions)
    return Clocks(hub=hub), [follow_events(hub, settings.hub_id)]


def issuer_of(settings: Any) -> Any:
    """The OpenID Connect issuer whose tokens are taken, if an operator names one."""
    from hub_platform.issuer import Issuer

    if not settings.oidc_issuer:
        return None
    return Issuer(
        settings.oidc_issuer,
        settings.oidc_audience,
        Path(settings.oidc_keys_path),
        settings.oidc_roles_claim,
        settings.oidc_subject_claim,
    )


def database_check(sessions: Any, migrations: Path) -> Any:
    """Make the readiness check of the database; that it is at the head is looked up until it holds."""
    from sqlalchemy import text
    from sqlalchemy.exc import SQLAlchemyError

    from hub_platform.database import at_head

    known = {"at_head": False}

    def check() -> str | None:
        try:
            if not known["at_head"]:
                known["at_head"] = at_head(sessions, migrations)
            with sessions() as session:
                session.execute(text("SELECT 1"))
        except SQLAlchemyError:
            return "the database does not answer"
        return None if known["at_head"] else "migrations have not been applied"

    return check


def migrations_of(package: str) -> Path:
    """Where a service keeps its migrations."""
    path = importlib.import_module(package).__path__
    return Path(next(iter(path))) / "migrations"


def _migrate(service: str, package: str) -> None:
    from sqlalchemy.exc import SQLAlchemyError

    from hub_platform import telemetry
    from hub_platform.migrations import migrate
    from hub_platform.settings import environment

    env = environment()
    url = env.str("DATABASE_URL")
    env.seal()
    try:
        migrate(url, migrations_of(package))
    except SQLAlchemyError as exc:  # its text, in Python's report of it, holds values of rows
        sys.exit(f"{''.join(telemetry.told(exc))}{service}: the migration failed and was undone")
    print(f"{service}: the database is at the newest migration")  # noqa: T201 - a command's answer


def _describe(service_class: str) -> dict[str, Any]:
    from hub_platform.openapi import describe

    return describe(_load(service_class))


def _load(path: str) -> Any:
    module, _, name = path.partition(":")
    return getattr(importlib.import_module(module), name)
