"""nameko as its documentation shows it: `event_handler` with one commit for each event, and its dispatcher.

The settings: as many workers as help (`max_workers`, which is its prefetch too), psycopg2 made green by eventlet,
a pool of connections. Its own classic queue is made a durable quorum queue like everybody else's. A handler that
raises loses the event, and nothing is recorded as seen.
"""

import os
import warnings

os.environ.setdefault("EVENTLET_NO_GREENDNS", "yes")
warnings.simplefilter("ignore")
import eventlet  # noqa: E402

eventlet.monkey_patch()

import json
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

from hub_messaging.topology import INBOX_ARGUMENTS
from tests.bench.contenders import work

WORKERS: Final = int(os.environ.get("WORKERS", "10"))
WRITE: Final = sa.text(work.write_one(":{name}"))


class QuorumEventHandler(EventHandler):  # type: ignore[misc]
    """nameko's, on the kind of queue that everybody uses here."""

    def setup(self) -> None:
        """Declare it so."""
        super().setup()
        self.queue.queue_arguments = INBOX_ARGUMENTS


class Sessions(DependencyProvider):  # type: ignore[misc]
    """Where transactions come from."""

    def setup(self) -> None:
        """Make the pool."""
        self.sessions = sessionmaker(sa.create_engine(os.environ["HUB_DATABASE_URL"], pool_size=WORKERS))

    def get_dependency(self, worker_ctx: Any) -> sessionmaker[Session]:
        """Give it."""
        return self.sessions


class Reading:
    """Receives."""

    name = "reading"
    sessions = Sessions()

    @QuorumEventHandler.decorator(work.PUBLISHER, work.EVENT_TYPE)
    def on_event(self, event: dict[str, Any]) -> None:
        """Keep the newest of each subject."""
        row = {"subject": event["subject"], "revision": event["revision"]}
        with self.sessions.begin() as session:
            session.execute(WRITE, row | {name: event["data"][name] for name in work.FACTS})


class Publishing:
    """Publishes."""

    name = work.PUBLISHER
    dispatch = EventDispatcher()

    @once
    def publish(self) -> None:
        """Publish, each event confirmed before the next, and say how long it took."""
        events = work.how_many()
        begun, used = time.perf_counter(), time.process_time()
        for number in range(events):
            self.dispatch(work.EVENT_TYPE, work.cloud_event(number, 1, uuid4()))
        took, used = time.perf_counter() - begun, time.process_time() - used
        print(json.dumps({"events": events, "seconds": took, "cpu": used}), flush=True)


if __name__ == "__main__":
    service = {"read": Reading, "publish": Publishing}[sys.argv[1]]
    container = ServiceContainer(service, {"AMQP_URI": work.amqp_uri(), "max_workers": WORKERS})
    container.start()
    container.wait()
