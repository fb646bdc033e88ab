"""Checks that secrets are well formed and match the secrets from which they were derived."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit

import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError

from hub_operations import secret_messages as messages
from hub_operations.secret_files import (
    ADMINISTRATOR,
    BROKER_HOST,
    DATABASE_HOST,
    PRIVATE_KEY,
    PUBLIC_KEY,
    SERVICES,
)
from hub_operations.subscriber_certificates import AUTHORITY, can_sign
from hub_platform import tokens


def misfits(folder: Path, known: Mapping[str, str]) -> list[str]:
    """Return a sentence for each file that is malformed or does not match another.

    Args:
        folder: of the secrets.
        known: the contents of its files by name, without empty and missing ones.
    """
    wrong = [*_wrong_keys(folder, known), *_wrong_certificates(folder, known)]
    for service in SERVICES:
        wrong += _wrong_database(folder, known, f"database_url_{service}", f"database_password_{service}")
    for user in (ADMINISTRATOR, *SERVICES):
        wrong += _wrong_broker(folder, known, f"amqp_uri_{user}", f"broker_password_{user}")
    return wrong


def _wrong_keys(folder: Path, known: Mapping[str, str]) -> Iterable[str]:
    private, public = known.get(PRIVATE_KEY), known.get(PUBLIC_KEY)
    if not private:
        return
    try:
        half = tokens.read_key(private).as_dict(private=False)
    except ValueError:
        yield messages.no_key(folder, PRIVATE_KEY)
        return
    try:
        fits = not public or json.loads(public)["x"] == half["x"]
    except (ValueError, KeyError, TypeError):
        fits = False
    if not fits:
        yield messages.other_half(folder, PUBLIC_KEY, PRIVATE_KEY)


def _wrong_certificates(folder: Path, known: Mapping[str, str]) -> Iterable[str]:
    authority = known.get(AUTHORITY)
    if authority and not can_sign(authority):
        yield messages.no_key(folder, AUTHORITY)


def _wrong_database(folder: Path, known: Mapping[str, str], name: str, other: str) -> Iterable[str]:
    if not (url := known.get(name)):
        return
    try:
        read = sa.make_url(url)
        is_url = read.get_backend_name() == "postgresql" and bool(read.host and read.database)
    except (ArgumentError, ValueError):
        is_url = False
    if not is_url:
        form = "postgresql+psycopg2://user:…@host/database"
        yield messages.no_address(folder, name, "a PostgreSQL database", form)
    elif read.host == DATABASE_HOST.partition(":")[0] and known.get(other, read.password) != read.password:
        yield messages.does_not_fit(folder, name, other)


def _wrong_broker(folder: Path, known: Mapping[str, str], name: str, other: str) -> Iterable[str]:
    if not (uri := known.get(name)):
        return
    host, password = _broker_of(uri)
    if not host:
        yield messages.no_address(folder, name, "a RabbitMQ broker", "amqp://user:…@host:5672/hub")
    elif host == BROKER_HOST.partition(":")[0] and known.get(other, password) != password:
        yield messages.does_not_fit(folder, name, other)


def _broker_of(uri: str) -> tuple[str, str]:
    """Return host and password of the first URI; an empty host when it is no URI."""
    try:
        read = urlsplit(uri)
        host = read.hostname if read.scheme in ("amqp", "amqps") else None
    except ValueError:
        return "", ""
    return host or "", unquote(read.password or "")
