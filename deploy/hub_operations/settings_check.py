"""Checks all settings of a deployment: each service reads the environment that its container would have."""

import importlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final, TypedDict

from environs import EnvError, EnvValidationError
from joserfc.jwk import OKPKey

from hub_operations.deployment_settings import SUBSCRIBERS, profiles_of, readable, unknown, wrong_values
from hub_operations.secret_files import (
    OIDC_CLIENT_SECRET,
    PASSWORD_BYTES,
    SERVICES,
    SMTP_PASSWORD,
    amqp_uri,
    database_url,
)
from hub_operations.secret_messages import shown
from hub_operations.subscriber_certificates import CERTIFICATE, faults, has_own_certificate
from hub_platform.clocks import real_now
from hub_platform.settings import load_settings

IN_CONTAINER: Final = "/run/secrets/"


class WrongSettings(Exception):
    """Settings or secrets with which a hub must not start; the message has a sentence for each."""


class _Service(TypedDict, total=False):
    environment: Mapping[str, object] | None  # name → scalar


class Compose(TypedDict):
    """compose.yaml as resolved by Docker Compose, as far as it is read here."""

    services: Mapping[str, _Service]


def wrong_settings(compose: Compose, secrets: Path, given: Mapping[str, str], named: list[str]) -> list[str]:
    """Return a sentence for each wrong setting of a deployment.

    Args:
        compose: compose.yaml, resolved by Docker Compose with the settings.
        secrets: the folder of secrets; missing ones are generated later.
        given: the settings as the operator wrote them.
        named: the names of the settings in deploy/.env.
    """
    found = wrong_values(given)
    for service in SERVICES:
        environment = {
            name: str(value if value is not None else "").replace("$$", "$")
            for name, value in (compose["services"][service].get("environment") or {}).items()
        }
        for name, why in _refused(service, environment, secrets).items():
            found.setdefault(name, _sentence(service, name, why, environment, secrets))
    found = _missing_secrets(given, secrets) | found
    return [*unknown(named), *found.values(), *_wrong_certificate(given, secrets)]


def _refused(service: str, environment: Mapping[str, str], secrets: Path) -> dict[str, str]:
    """Return the settings that a service refuses: name → reason."""
    wrong: dict[str, str] = {}
    load = getattr(importlib.import_module(f"hub_{service}.config"), "load", None)
    with _environment(_as_given(service, environment, secrets)):
        for read in (lambda: load_settings(service), load):
            try:
                if read is not None:
                    read()
            except EnvValidationError as exc:
                said = exc.error_messages
                named = said.items() if isinstance(said, Mapping) else [(service, said)]
                wrong |= {name: " ".join(map(str, why)) for name, why in named}
            except EnvError as exc:
                wrong[service] = str(exc)
    return wrong


def _as_given(service: str, environment: Mapping[str, str], secrets: Path) -> dict[str, str]:
    """Return a container's environment with its secrets; placeholders stand for missing ones."""
    given: dict[str, str] = {}
    for name, value in environment.items():
        if not (name.endswith("_FILE") and value.startswith(IN_CONTAINER)):
            given[name] = value
        elif (content := _content(secrets / value.removeprefix(IN_CONTAINER))) is not None:
            given[name.removesuffix("_FILE")] = content
        else:
            given[name.removesuffix("_FILE")] = _made_up(service, name)
    return given


def _made_up(service: str, name: str) -> str:
    password = "0" * PASSWORD_BYTES
    if name == "HUB_TOKEN_PUBLIC_KEY_FILE":
        return json.dumps(OKPKey.generate_key("Ed25519").as_dict(private=False))
    return {
        "HUB_DATABASE_URL_FILE": database_url(service, password),
        "HUB_AMQP_URI_FILE": amqp_uri(service, password),
    }.get(name, "")


def _content(path: Path) -> str | None:
    try:
        return path.read_text().strip() or None
    except (OSError, UnicodeDecodeError):
        return None  # the check of the secrets reports it


def _sentence(service: str, name: str, why: str, environment: Mapping[str, str], secrets: Path) -> str:
    """Return the sentence about a refused setting, without the content of a secret."""
    why = f"{why[:1].lower()}{why[1:]}"
    name = name.removesuffix("_FILE")
    if file := environment.get(f"{name}_FILE"):
        return f"The secret {shown(secrets, file.removeprefix(IN_CONTAINER))}: {why}"
    if value := environment.get(name):
        return f'{name} is "{readable(value)}": {why}'
    return f"{name}: {why}" if name != service else f"{service} refuses the settings: {why}"


def _missing_secrets(given: Mapping[str, str], secrets: Path) -> dict[str, str]:
    """Return the empty secrets that the settings need: name of the setting → sentence."""
    wanted = {
        "HUB_OIDC_ISSUER": (OIDC_CLIENT_SECRET, "write the secret that the issuer gave the hub's client"),
        "HUB_SMTP_USER": (SMTP_PASSWORD, "write the account's password"),
    }
    return {
        name: f"{name} is set, and the secret {shown(secrets, file)} is empty: {what} into it."
        for name, (file, what) in wanted.items()
        if given.get(name) and _content(secrets / file) is None
    }


def _wrong_certificate(given: Mapping[str, str], secrets: Path) -> Iterator[str]:
    """Yield the faults of an operator's certificate; the hub's own is renewed instead."""
    if SUBSCRIBERS in profiles_of(given) and has_own_certificate(secrets):
        host = given.get("HUB_SUBSCRIBERS_HOST") or "localhost"
        for why in faults((secrets / CERTIFICATE).read_text(), host, real_now()):
            yield f"The secret {shown(secrets, CERTIFICATE)}: {why}"


@contextmanager
def _environment(values: Mapping[str, str]) -> Iterator[None]:
    """Replace the environment by `values` for the duration of the block."""
    before = dict(os.environ)
    os.environ.clear()
    os.environ.update(values)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
