"""Starts a service: the command line `python -m hub_<name> run | migrate | openapi`."""

import argparse
import importlib
import json
import os
import sys
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from environs import EnvError, EnvValidationError


def main(
    *,
    service: str,
    service_class: str,
    package: str,
    options: str | None = None,
    commands: Mapping[str, str] | None = None,
) -> None:
    """Run the command that the command line names.

    Args:
        service: its name, as in paths and queues.
        service_class: "package.module:Class".
        package: the import package that holds its `migrations`.
        options: "package.module:function" that loads the service's own settings, where it has any.
        commands: further commands by name, as "package.module:function". The function is given the service's
            class, a function that reads a setting by its name, and the rest of the command line; it returns
            the exit code.
    """
    further = commands or {}
    parser = argparse.ArgumentParser(prog=f"python -m {package}", description=f"The {service} service.")
    parser.add_argument("command", choices=["run", "migrate", "openapi", *further])
    known, rest = parser.parse_known_args()
    command = known.command
    if rest and command not in further:
        parser.error(f"{command} takes no further arguments")
    try:
        if command in further:
            sys.exit(_load(further[command])(_load(service_class), setting, rest))
        if command == "run":
            run(service, service_class, package, options)
        elif command == "migrate":
            _migrate(service, package)
        else:
            json.dump(_describe(service_class), sys.stdout, indent=2)
    except EnvValidationError as exc:
        sys.exit(f"{service}: the settings are not complete: {exc.error_messages}")
    except EnvError as exc:
        sys.exit(f"{service}: the settings are not complete: {exc}")


def setting(name: str) -> str:
    """Return a setting by its name without HUB_; a few have a default.

    Raises:
        environs.EnvError: it is missing or malformed.
    """
    from hub_platform.settings import OPTIONAL, check_foreign_sources, environment

    env = environment(eager=True)
    if name == "FOREIGN_SOURCES":
        return env.str(name, OPTIONAL[name], validate=check_foreign_sources(env))
    return env.str(name, OPTIONAL[name]) if name in OPTIONAL else env.str(name)


def run(service: str, service_class: str, package: str, options: str | None = None) -> None:
    """Run the service until SIGTERM or SIGINT."""
    _patch_with_eventlet()

    from eventlet import debug

    from hub_platform.assembly import make_config, make_context
    from hub_platform.container import HubContainer
    from hub_platform.names import look_up_on_threads
    from hub_platform.patience import be_patient
    from hub_platform.stopping import Shutdown
    from hub_platform.web import AddressTaken

    look_up_on_threads()
    be_patient()
    debug.hub_exceptions(False)  # noqa: FBT003 - its messages may contain data of senders; errors are logged

    hosted = _load(service_class)
    load_options = _load(options) if options else lambda: None
    made = make_context(service, migrations_of(package), load_options)
    container = HubContainer(hosted, make_config(made))
    shutdown = Shutdown(service, container)
    container.on_death = shutdown.set_clock
    shutdown.listen()
    try:
        container.start()
    except AddressTaken as exc:
        sys.exit(f"{service}: {exc}")
    shutdown.started()
    try:
        container.wait()
    except Exception:  # noqa: BLE001 - the container has logged it, without its message
        sys.exit(1)


def _patch_with_eventlet() -> None:
    """Make the standard library cooperative, before anything opens a socket."""
    # eventlet's own resolver costs 23 MB in every service; names are looked up on threads instead (ADR 23).
    os.environ.setdefault("EVENTLET_NO_GREENDNS", "yes")
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore"
        )  # that eventlet is in maintenance mode is known; docs/adr names the way out
        import eventlet

    eventlet.monkey_patch()


def migrations_of(package: str) -> Path:
    """Return the folder of a service's migrations."""
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
    except SQLAlchemyError as exc:  # its text holds values of rows
        sys.exit(f"{''.join(telemetry.told(exc))}{service}: the migration failed and was undone")
    print(f"{service}: the database is at the newest migration")  # noqa: T201 - a command's answer


def _describe(service_class: str) -> dict[str, object]:
    from hub_platform.openapi import describe

    return describe(_load(service_class))


def _load(path: str) -> Any:  # Any: whatever the path names
    module, _, name = path.partition(":")
    return getattr(importlib.import_module(module), name)
