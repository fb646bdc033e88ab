"""How a request gets at a worker: in its turn, until its deadline."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from eventlet import Timeout
from eventlet.event import Event

from hub_platform.deadlines import within
from hub_platform.queueing import Queue


@contextmanager
def turn(config: Any, subject: str, *, seconds: float, later_in: Queue | None) -> Iterator[None]:
    """Hold a fair share of the service's workers, until the deadline.

    A request whose answer would be made `later_in` a queue that is full does not begin.

    Raises:
        hub_platform.problems.Problem: 503 `busy` or `took_too_long`.
    """
    if later_in is not None:
        later_in.check(subject)
    with config["shares"].turn(subject), within(seconds):
        yield


def work(container: Any, entrypoint: Any, call: Any) -> Any:
    """Run the entrypoint's method in a nameko worker and wait for what it gives.

    A worker whose result nobody waits for any more is ended.
    """
    done = Event()

    def handle_result(_worker: Any, result: Any, exc_info: Any) -> tuple[Any, Any]:
        done.send(result, exc_info)
        return result, exc_info

    worker = container.spawn_worker(entrypoint, (call,), {}, handle_result=handle_result)
    try:
        return done.wait()
    except Timeout:
        container.kill_worker(worker)
        raise
