"""Waiting for servers that the suite started, and what it means when one of them fails by itself."""

from collections.abc import Callable

from tests.support.waiting import wait_until

STARTS_WITHIN = 180.0  # seconds, on a busy machine, with logs to read again


class ServerFailed(Exception):
    """A RabbitMQ or PostgreSQL failed by itself, which says nothing about the system under test."""


def wait_for_server(what: str, condition: Callable[[], bool], *, interval: float = 0.1) -> None:
    """Wait until a server is as the harness needs it.

    Raises:
        ServerFailed: it is not within `STARTS_WITHIN`.
    """
    try:
        wait_until(condition, deadline=STARTS_WITHIN, interval=interval)
    except AssertionError as failed:
        raise ServerFailed(f"{what}: {failed}") from failed
