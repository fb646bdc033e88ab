"""The two services: one carries out commands and records their events, one lets events take effect."""

from collections.abc import Iterable
from typing import Any

import eventlet
from nameko.extensions import DependencyProvider
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from tests.faults.systems.ours import points
from tests.faults.systems.ours.events import ThingChanged, ThingMarked, ThingNoticed, event_of
from tests.faults.systems.setting import Throttle, read_setting, subject_of
from tests.faults.systems.tables import ACCEPT, IS_REFUSED, LAST_OF_SHARE, NOTE_EFFECT, READ_WANTED, effects

from hub_messaging import outbox, wall_clock
from hub_messaging.log_monitor import EVERY_SECONDS
from hub_messaging.relay import OutboxRelay
from hub_messaging.rpc import answer
from hub_messaging.subscribe import Delivery, Permanent, subscribe, subscribe_batch
from hub_platform.probes import Probes

LOOK_AGAIN = 0.05  # seconds
COMMANDS_AT_ONCE = 20  # before what is wanted is looked up again

setting = read_setting()
points.set_up(setting)


class Commands(DependencyProvider):  # type: ignore[misc]  # nameko ships no types
    """Carries out the commands that are wanted: instead of the HTTP requests that a real service answers."""

    def setup(self) -> None:
        """Learn where the database is."""
        self._sessions = self.container.config["sessions"]
        self._stopping = False
        self._throttle = Throttle()

    def start(self) -> None:
        """Begin to carry out commands, in a thread."""
        self._thread = self.container.spawn_managed_thread(self._run)

    def stop(self) -> None:
        """Finish the command in hand."""
        self._stopping = True
        self._thread.wait()

    def _run(self) -> None:
        while not self._stopping:
            try:
                self._carry_out_some()
            except SQLAlchemyError:
                eventlet.sleep(0.5)  # a request would have been answered with 503
            eventlet.sleep(LOOK_AGAIN)

    def _carry_out_some(self) -> None:
        with self._sessions() as session:
            commands, per_second = session.execute(READ_WANTED).one()
            share = {"replicas": setting.replicas, "replica": setting.replica}
            last = session.scalar(LAST_OF_SHARE, share)
        n = setting.replica if last is None else last + setting.replicas
        while n < commands and not self._stopping:
            for _ in range(COMMANDS_AT_ONCE):
                if n >= commands or self._stopping:
                    return
                eventlet.sleep(self._throttle.wait_of(per_second))
                self._carry_out(n)
                n += setting.replicas
            with self._sessions() as session:
                commands, per_second = session.execute(READ_WANTED).one()

    def _carry_out(self, n: int) -> None:
        subject = subject_of(setting.seed, n)
        with self._sessions.begin() as session:
            event_id = outbox.record(session, event_of(n, subject), occurred_at=wall_clock.utc_now())
            session.execute(ACCEPT, {"n": n, "event_id": str(event_id), "subject": subject})


class Publisher(Probes):
    """Carries out commands and publishes their events."""

    name = "publisher"
    relay = OutboxRelay(setting.mark_seconds or EVERY_SECONDS)
    commands: Any = Commands()


class DropsType(Probes):
    """The consumer in a release that has dropped a type."""

    name = "consumer"
    projections = (effects,)

    @answer
    def is_there(self) -> bool:
        """Answer a question, so that the readiness of answering is part of every case, too."""
        return True

    @subscribe(ThingNoticed)
    def on_thing_noticed(self, session: Session, delivery: Delivery[Any]) -> None:
        """Note the effect: in the cases nothing but forgeries comes this way."""
        _take_effect(session, delivery)

    @subscribe_batch(ThingChanged)
    def on_things_changed(self, session: Session, deliveries: Iterable[Delivery[Any]]) -> None:
        """Note each effect."""
        for delivery in deliveries:
            _take_effect(session, delivery)
            points.effect_noted(session)


class Consumer(DropsType):
    """Receives one type an event at a time, the other in batches; both are about the same subjects."""

    @subscribe(ThingMarked)
    def on_thing_marked(self, session: Session, delivery: Delivery[Any]) -> None:
        """Note the effect."""
        _take_effect(session, delivery)
        points.effect_noted(session)


def _take_effect(session: Session, delivery: Delivery[Any]) -> None:
    setting.before_effect(delivery.event.n)
    envelope = delivery.envelope
    if setting.may_refuse:
        for_good = session.scalar(IS_REFUSED, {"subject": envelope.subject})
        if for_good is not None:
            raise Permanent("refused for good") if for_good else RuntimeError("refused for now")
    values = {"event_id": str(envelope.id), "subject": envelope.subject, "revision": envelope.revision}
    session.execute(NOTE_EFFECT, values)
