"""nameko as its documentation shows it: `event_handler` with one commit for each event, and its dispatcher.

The settings: as many workers as help (`max_workers`, which is its prefetch too: nameko documentation,
"Concurrency"), psycopg2 made green by eventlet, a pool of connections. Its own classic queue is made a
durable quorum queue as for every contender. A handler that raises loses the event, and nothing is recorded as
seen.
"""
# ruff: noqa: E402 - eventlet patches before anything opens a socket

import os
import warnings

os.environ.setdefault("EVENTLET_NO_GREENDNS", "yes")
warnings.simplefilter("ignore")
import eventlet

eventlet.monkey_patch()

import sys
import time
from typing import Any, Final
from uuid import uuid4

import sqlalchemy as sa
from nameko.containers import ServiceContainer
from nameko.events import EventDispatcher, EventHandler
from nameko.extensions import DependencyProvider
from nameko.testing.services import once
from sqlalchemy.orm import Session, sessionmaker
from tests.bench.contenders import work

from hub_messaging.topology import INBOX_ARGUMENTS

WORKERS: Final = 20  # tried on two cores: 1, 10, 20 and 50
WRITE: Final = sa.text(work.write_one(":{name}"))


class QuorumEventHandler(EventHandler):  # type: ignore[misc]
    """nameko's, on the kind of queue that every contender uses."""

    def setup(self) -> None:
        """Declare it so."""
        super().setup()
        self.queue.queue_arguments = INBOX_ARGUMENTS


class Sessions(DependencyProvider):  # type: ignore[misc]
    """Where transactions come from."""

    def setup(self) -> None:
        """Make the pool."""
        self.sessions = sessionmaker(sa.create_engine(os.environ["HUB_DATABASE_URL"], pool_size=WORKERS))

    def get_dependency(self, worker_ctx: Any) -> sessionmaker[Session]:  # noqa: ARG002 - nameko's signature
        """Return the factory of sessions."""
        return self.sessions


class Reading:
    """Receives events, and stores one row for each."""

    name = "reading"
    sessions = Sessions()

    @QuorumEventHandler.decorator(work.PUBLISHER, work.EVENT_TYPE)  # type: ignore[untyped-decorator]
    def on_event(self, event: dict[str, Any]) -> None:
        """Keep the newest of each subject."""
        row = {"subject": event["subject"], "revision": event["revision"]}
        with self.sessions.begin() as session:
            session.execute(WRITE, row | {name: event["data"][name] for name in work.FACTS})


class Publishing:
    """Publishes events with nameko's dispatcher."""

    name = work.PUBLISHER
    dispatch = EventDispatcher()

    @once  # type: ignore[untyped-decorator]  # nameko ships no types
    def publish(self) -> None:
        """Publish, each event confirmed before the next, and say how long it took."""
        events = work.how_many()
        begun, used = time.perf_counter(), time.process_time()
        for number in range(events):
            self.dispatch(work.EVENT_TYPE, work.cloud_event(number, 1, uuid4()))
        took, used = time.perf_counter() - begun, time.process_time() - used
        work.say(events=events, seconds=took, cpu=used)


if __name__ == "__main__":
    service = {"read": Reading, "publish": Publishing}[sys.argv[1]]
    container = ServiceContainer(service, {"AMQP_URI": work.amqp_uri(), "max_workers": WORKERS})
    container.start()
    container.wait()
