"""Checks a deployment's settings as a whole: each service reads those that its container would be given."""

import importlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

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
from hub_operations.secret_sentences import shown
from hub_operations.subscriber_certificates import CERTIFICATE, faults, has_own_certificate
from hub_platform.clocks import real_now
from hub_platform.settings import load_settings

IN_CONTAINER: Final = "/run/secrets/"


class WrongSettings(Exception):
    """Settings or secrets with which a hub must not be started; the message is a sentence for each."""


def wrong_settings(
    compose: Mapping[str, Any], secrets: Path, given: Mapping[str, str], named: list[str]
) -> list[str]:
    """Say in a sentence each what is wrong with a deployment's settings.

    Args:
        compose: compose.yaml as Docker Compose has resolved it with the settings.
        secrets: the folder of secrets; what is missing there will be made.
        given: the settings as the operator has given them.
        named: the names that deploy/.env sets.
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
    """What a service says to these settings; name → why."""
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
    """The environment of a container, with its secrets; one that is still to be made is made up."""
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
        return None  # said of the secrets already


def _sentence(service: str, name: str, why: str, environment: Mapping[str, str], secrets: Path) -> str:
    """What a service refuses; the content of a secret is not told."""
    why = f"{why[:1].lower()}{why[1:]}"
    name = name.removesuffix("_FILE")
    if file := environment.get(f"{name}_FILE"):
        return f"The secret {shown(secrets, file.removeprefix(IN_CONTAINER))}: {why}"
    if value := environment.get(name):
        return f'{name} is "{readable(value)}": {why}'
    return f"{name}: {why}" if name != service else f"{service} refuses the settings: {why}"


def _missing_secrets(given: Mapping[str, str], secrets: Path) -> dict[str, str]:
    """Files that an operator has to fill in for what the settings ask for."""
    wanted = {
        "HUB_OIDC_ISSUER": (OIDC_CLIENT_SECRET, "write what the issuer has given out for the hub's client"),
        "HUB_SMTP_USER": (SMTP_PASSWORD, "write the account's password"),
    }
    return {
        name: f"{name} is set, and the secret {shown(secrets, file)} is empty: {what} into it."
        for name, (file, what) in wanted.items()
        if given.get(name) and _content(secrets / file) is None
    }


def _wrong_certificate(given: Mapping[str, str], secrets: Path) -> Iterator[str]:
    """What keeps an operator's certificate from being shown to subscribers; one of the hub's is renewed."""
    if SUBSCRIBERS in profiles_of(given) and has_own_certificate(secrets):
        host = given.get("HUB_SUBSCRIBERS_HOST") or "localhost"
        for why in faults((secrets / CERTIFICATE).read_text(), host, real_now()):
            yield f"The secret {shown(secrets, CERTIFICATE)}: {why}"


@contextmanager
def _environment(values: Mapping[str, str]) -> Iterator[None]:
    """Let the settings be read from `values` alone."""
    before = dict(os.environ)
    os.environ.clear()
    os.environ.update(values)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
