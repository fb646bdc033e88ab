"""The two services."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import eventlet
import sqlalchemy as sa
from nameko.events import EventDispatcher, event_handler
from nameko.timer import timer
from sqlalchemy.exc import InterfaceError, OperationalError
from tests.faults.systems.setting import Killer, Throttle, read_setting, subject_of
from tests.faults.systems.tables import ACCEPT, IS_REFUSED, LAST_OF_SHARE, NOTE_EFFECT, READ_WANTED

COMMANDS_AT_ONCE = 20  # before what is wanted is looked up again
TRY_AGAIN = 0.5  # seconds

setting = read_setting()
killer = Killer(setting)
throttle = Throttle()
engine = sa.create_engine(setting.database_url, pool_pre_ping=True, connect_args={"connect_timeout": 5})

CONFIG = {
    "AMQP_URI": setting.amqp_uri,
    "HEARTBEAT": setting.heartbeat,
    "max_workers": setting.prefetch,
}


class Publisher:
    """Carries out commands and publishes an event after the commit of each."""

    name = "publisher"
    dispatch = EventDispatcher(mandatory=True)

    @timer(interval=0.05, eager=True)  # type: ignore[untyped-decorator]  # nameko ships no types
    def carry_out_some(self) -> None:
        """Carry out commands until there are as many as are wanted, or for a while."""
        with engine.connect() as connection:
            commands, per_second = connection.execute(READ_WANTED).one()
            share = {"replicas": setting.replicas, "replica": setting.replica}
            last = connection.scalar(LAST_OF_SHARE, share)
        n = setting.replica if last is None else last + setting.replicas
        for _ in range(COMMANDS_AT_ONCE):
            if n >= commands:
                return
            eventlet.sleep(throttle.wait_of(per_second))
            event = {"n": n, "event_id": str(uuid4()), "subject": subject_of(setting.seed, n)}
            with engine.begin() as connection:
                revision = connection.scalar(ACCEPT, event)
            self.publish(event | {"revision": revision})
            n += setting.replicas

    def publish(self, event: Mapping[str, Any]) -> None:
        """Publish, and again until it has succeeded."""
        killer.reached("before_publish")
        while True:
            try:
                self.dispatch("thing_changed", event)
                break
            except Exception:  # noqa: BLE001 - whatever it was, the change has been committed
                eventlet.sleep(TRY_AGAIN)
        killer.reached("after_publish")


class Consumer:
    """Notes the effect of each event."""

    name = "consumer"

    @event_handler("publisher", "thing_changed")  # type: ignore[untyped-decorator]  # nameko ships no types
    def on_thing_changed(self, event: dict[str, Any]) -> None:
        """Take effect, in a transaction; the message is acknowledged when this returns."""
        setting.before_effect(event["n"])
        while True:
            try:
                take_effect(event)
                break
            except (OperationalError, InterfaceError):  # the database is away
                eventlet.sleep(TRY_AGAIN)
        killer.reached("after_commit")


def take_effect(event: dict[str, Any]) -> None:
    """Record the effect of an event, unless its subject is refused."""
    with engine.begin() as connection:
        if setting.may_refuse and connection.scalar(IS_REFUSED, event) is not None:
            raise RuntimeError("refused")
        connection.execute(NOTE_EFFECT, event)
        killer.reached("before_commit")


CLASSES = {"publisher": Publisher, "consumer": Consumer}
