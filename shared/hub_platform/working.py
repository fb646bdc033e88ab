"""Runs requests by turns, in nameko workers that end when their caller stops waiting."""

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from eventlet import Timeout
from eventlet.event import Event
from werkzeug.wrappers import Request

from hub_platform.access import ANONYMOUS, Actor
from hub_platform.calls import Call
from hub_platform.forwarded import visitor
from hub_platform.queueing import Queue
from hub_platform.shares import Shares

if TYPE_CHECKING:
    from hub_platform.container import HubContainer
    from hub_platform.routes import Route


def turn(
    shares: Shares, request: Request, actor: Actor, later_in: Queue | None
) -> AbstractContextManager[None]:
    """A share of the workers; a request whose answer would have to be made in a full queue gets none.

    Raises:
        hub_platform.problems.Problem: 503 `busy`.
    """
    if later_in is not None:
        later_in.check(actor.subject)
    return shares.turn(
        f"address {visitor(request.remote_addr or '')}" if actor is ANONYMOUS else actor.subject
    )


def work(container: "HubContainer", entrypoint: "Route", call: Call[object]) -> object:
    """Run the entrypoint's method in a nameko worker and wait for what it gives.

    A worker is ended when its caller stops waiting for it.
    """
    done = Event()

    def handle_result(_worker: object, result: object, exc_info: object) -> tuple[object, object]:
        done.send(result, exc_info)
        return result, exc_info

    worker = container.spawn_worker(entrypoint, (call,), {}, handle_result=handle_result)
    try:
        return done.wait()
    except Timeout:
        container.kill_worker(worker)
        raise
