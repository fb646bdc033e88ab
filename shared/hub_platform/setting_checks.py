"""Checks of settings; each raises a sentence about the expected form, without the value."""

import re
from typing import Final
from urllib.parse import urlsplit

import sqlalchemy as sa
from environs import ValidationError
from sqlalchemy.exc import ArgumentError

from hub_platform.forwarded import networks

LOG_LEVELS: Final = ("CRITICAL", "ERROR", "WARNING", "INFO", "DEBUG")
LONGEST_WAIT_SECONDS: Final = 30 * 86_400
_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")


def hub_id(text: str) -> None:
    """Raise unless it can stand in the source of an event and in the name of a file."""
    if not _ID.fullmatch(text):
        raise ValidationError("This must be 1 to 63 letters, digits, dots, hyphens and underscores.")


def log_level(text: str) -> None:
    """Raise unless logging knows it."""
    if text not in LOG_LEVELS:
        raise ValidationError(f"This must be one of {', '.join(LOG_LEVELS)}.")


def web_address(text: str) -> None:
    """Raise unless it is an http or https address, or empty."""
    if text and not _is_web_address(text):
        raise ValidationError("This must be an address that begins with https:// or http:// and a host.")


def absolute(text: str) -> None:
    """Raise unless it is an absolute URI, or empty: the dataschema of every event begins with it."""
    try:
        parts = urlsplit(text)
        is_absolute = bool(parts.scheme and parts.netloc)
    except ValueError:
        is_absolute = False
    if text and (not is_absolute or _has_gap(text)):
        raise ValidationError("Not an absolute URI, such as https://hub.example.org/schemas.")


def database_url(text: str) -> None:
    """Raise unless it is the address of a PostgreSQL database."""
    try:
        is_right = sa.make_url(text).get_backend_name() == "postgresql"
    except (ArgumentError, ValueError):
        is_right = False
    if not is_right:
        raise ValidationError("This must be postgresql+psycopg2://…@host/database.")


def broker_uri(text: str) -> None:
    """Raise unless it begins as the address of a RabbitMQ broker."""
    if not text.startswith(("amqp://", "amqps://")):
        raise ValidationError("This must be amqp://user@host:5672/vhost, with a password.")


def waits(text: str) -> None:
    """Raise unless it is seconds with commas between them."""
    try:
        seconds = [float(one) for one in text.split(",")]
        are_right = all(0 <= one <= LONGEST_WAIT_SECONDS for one in seconds)
    except ValueError:
        are_right = False
    if not are_right:
        raise ValidationError("This must be seconds with commas between them, such as 1,10,60.")


def _is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        _ = parts.port  # raises unless it is a number
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and not _has_gap(text)


def _has_gap(text: str) -> bool:
    return any(one.isspace() or not one.isprintable() for one in text)


def gateways(text: str) -> None:
    """Raise unless it is addresses and ranges with spaces between them, or empty."""
    try:
        networks(text)
    except ValueError as exc:
        detail = "This must be addresses and ranges with spaces between them, such as 10.0.0.5 10.1.0.0/16."
        raise ValidationError(detail) from exc
