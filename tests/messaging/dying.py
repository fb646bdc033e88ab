"""A program that adds a subscriber and is killed in the middle of it, by itself."""

import multiprocessing
import os
import pkgutil
import signal
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.messaging.office import Office
from tests.messaging.subscribing import Outside
from tests.support.broker import BrokerServer


@dataclass(frozen=True)
class Step:
    """The n-th call of a function, after which the program is killed."""

    owner: str  # a module or a class below hub_messaging.subscribers
    name: str
    call: int = 1

    def __str__(self) -> str:
        """As the name of a test."""
        return f"{self.owner}.{self.name} {self.call}"


STEPS = (
    Step("lifecycle", "put_limits"),
    Step("history_fill", "bind"),  # live events are collected
    Step("history_fill", "write_mark"),  # the gates are held
    Step("queue_filling.QueueFiller", "write"),
    Step("queue_filling.LiveEvents", "empty"),
    Step("queue_filling.LiveEvents", "empty", 2),  # the gates are held again
    Step("history_fill", "bind", 2),  # the queue is bound
    Step("queue_filling.LiveEvents", "close"),
    Step("lifecycle", "create_user"),
)


def die_while_adding(outside: Outside, step: Step) -> int:
    """Add a subscriber in another process until it is killed at a step; the signal that ended it."""
    uri, broker = outside.office.uri, outside.broker
    urls = {n: e.url.render_as_string(hide_password=False) for n, e in outside.office.engines.items()}
    places = broker.host, broker.port, broker.management_port
    process = multiprocessing.get_context("spawn").Process(target=_add, args=(uri, urls, places, step))
    process.start()
    process.join(120)
    assert process.exitcode is not None
    return -process.exitcode


def _add(uri: str, urls: dict[str, str], places: tuple[str, int, int], step: Step) -> None:
    owner = pkgutil.resolve_name(f"hub_messaging.subscribers.{step.owner}")
    setattr(owner, step.name, _killing(getattr(owner, step.name), step.call))
    Outside(Office(uri, urls), BrokerServer(*places)).add()


def _killing(function: Callable[..., Any], call: int) -> Callable[..., Any]:
    left = [call]

    def wrapped(*args: Any, **more: Any) -> Any:
        answer = function(*args, **more)
        left[0] -= 1
        if not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)
        return answer

    return wrapped
