"""A service with a projection, its history, and a rebuild of it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from parcels.events import ParcelSorted
from parcels.service import POISON
from parcels.tables import Base, Effect
from prometheus_client import CollectorRegistry
from sqlalchemy.orm import Session
from tests.messaging.received import ORIGINS, QUEUE, SOURCE, Database, delivery, logged, message

from hub_messaging import shadow_statements
from hub_messaging.delivery import Delivery
from hub_messaging.dispatch import Dispatcher, Handler
from hub_messaging.messages import Message
from hub_messaging.metrics import ReadingMetrics
from hub_messaging.operator_actions import Operator
from hub_messaging.rebuild import Accepted, Rebuild, Rebuilt
from hub_messaging.retries import Permanent, RetryPolicy
from hub_messaging.shadow_fill import Service
from hub_messaging.stored_deliveries import Key
from hub_messaging.switch_back import SwitchBack
from hub_messaging.tables import inbox

ADA = Operator(by="ada", why="the shelf list was wrong")
EFFECTS: Any = Effect.__table__


class Interruption(BaseException):
    """The operator pressed Ctrl-C."""


class Shop:
    """A live service of one projection, and the log that it was fed from."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database = database
        self.folder = folder  # for lists of what would be lost
        self.engine: sa.Engine = database.kw["bind"]
        Base.metadata.create_all(self.engine)
        self.log: list[bytes] = []
        self.broken = False  # whether the handlers of a rebuild fail
        self.reads: list[datetime | None] = []
        self.meanwhile: list[Callable[[], None]] = []  # done at the end of the next readings of the log
        self.reader = self.dispatcher(self.note)

    def dispatcher(self, call: Callable[[Session, Sequence[Delivery[Any]]], None]) -> Dispatcher:
        handlers = [Handler({ParcelSorted.type: ParcelSorted}, batch=True, call=call)]
        metrics = ReadingMetrics(CollectorRegistry())
        return Dispatcher(QUEUE, self.database, handlers, metrics, ORIGINS, RetryPolicy(()))

    def note(self, session: Session, deliveries: Iterable[Delivery[Any]]) -> None:
        for one in deliveries:
            if one.event.weight == POISON:
                raise Permanent("poison")
            said = {"event_id": str(one.envelope.id), "subject": one.envelope.subject}
            session.add(Effect(**said, revision=one.envelope.revision))
            session.flush()

    def note_again(self, session: Session, deliveries: Iterable[Delivery[Any]]) -> None:
        if self.broken:
            raise RuntimeError("a mistake in the new version")
        self.note(session, deliveries)

    def receive(self, *bodies: bytes) -> None:
        """Events are published: they reach the log and the reader."""
        self.log += bodies
        self.reader.take([message(body) for body in bodies])

    def read_log(self, since: datetime | None) -> Iterator[list[Message]]:
        self.reads.append(since)
        for start in range(0, len(self.log), 7):
            yield [logged(body) for body in self.log[start : start + 7]]
        if self.meanwhile:
            self.meanwhile.pop(0)()

    def rebuild(self, operator: Operator | None = ADA, **options: Any) -> Rebuilt:
        return self.prepared().run(operator, Accepted(**options))

    def back(self, operator: Operator | None = ADA, **options: Any) -> Rebuilt:
        return SwitchBack(self.service()).run(operator, **options)

    def prepared(self, **others: Any) -> Rebuild:
        return Rebuild(self.service(**others), self.folder)

    def service(self, **others: Any) -> Service:
        handlers = [Handler({ParcelSorted.type: ParcelSorted}, batch=True, call=self.note_again)]
        values: dict[str, Any] = {
            "handlers": handlers,
            "projections": (EFFECTS,),
            "read_log": self.read_log,
            "origins": ORIGINS,
        } | others
        return Service(self.engine, QUEUE, **values)

    def effects(self, schema: str = shadow_statements.LIVE) -> list[tuple[str, int]]:
        with self.engine.connect() as connection:
            table = EFFECTS.to_metadata(sa.MetaData(), schema=schema)
            rows = connection.execute(sa.select(table).order_by(table.c.position))
            return [(row.subject, row.revision) for row in rows]

    def states(self) -> dict[str, str]:
        with self.database() as session:
            return {row.event_id: row.state for row in session.execute(sa.select(inbox))}

    def schemas(self) -> set[str]:
        return set(sa.inspect(self.engine).get_schema_names()) & {
            shadow_statements.NEW,
            shadow_statements.PREVIOUS,
        }

    def spoil(self) -> None:
        """Make the projection wrong, as a fault of an earlier version would."""
        with self.engine.begin() as connection:
            connection.exec_driver_sql("DELETE FROM effects WHERE revision = 1")


def body(number: int, revision: int = 1, weight: int = 1) -> bytes:
    one = delivery(number, revision, after=revision - 1)
    return one.body.replace(b'"weight":1}', b'"weight":%d}' % weight)


def ids(*numbers: int) -> list[str]:
    return [str(UUID(int=number)) for number in numbers]


def key(number: int) -> Key:
    return Key(QUEUE, SOURCE, str(UUID(int=number)))
