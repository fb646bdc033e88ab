"""Reads and writes of a case in the two databases of the system under test."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session
from tests.faults.counting import Change, Effect
from tests.faults.systems.tables import changes, effects, refused, wanted

from hub_messaging import stored_deliveries

AGE_OUTBOX = sa.text(
    """
    UPDATE outbox SET published_at = published_at - make_interval(days => :days),
      recorded_at = recorded_at - make_interval(days => :days),
      occurred_at = occurred_at - make_interval(days => :days)
    WHERE published_at IS NOT NULL
    """
)
AGE_INBOX = sa.text("UPDATE inbox SET received_at = received_at - make_interval(days => :days)")


@dataclass(frozen=True)
class Progress:
    """How far things have come, by counts that are cheap to read."""

    accepted: int
    effects: int  # duplicates included
    distinct: int


class Ledger:
    """The publisher's and the consumer's books."""

    def __init__(self, publisher_url: str, consumer_url: str) -> None:
        options = {"pool_pre_ping": True, "connect_args": {"connect_timeout": 3}}
        self._publisher = sa.create_engine(publisher_url, **options)
        self._consumer = sa.create_engine(consumer_url, **options)
        with self._publisher.begin() as connection:
            connection.execute(sa.insert(wanted).values(only=1, commands=0, per_second=0))

    def order(self, commands: int, per_second: float) -> None:
        """Want so many commands to have been carried out, all in all."""
        with self._publisher.begin() as connection:
            connection.execute(sa.update(wanted).values(commands=commands, per_second=per_second))

    def progress(self) -> Progress | None:
        """How far things have come; None while the database is away."""
        numbers = sa.select(sa.func.count(), sa.func.count(sa.distinct(effects.c.event_id))).select_from(
            effects
        )
        try:
            with self._publisher.connect() as connection:
                accepted = connection.scalar(sa.select(sa.func.count()).select_from(changes))
            with self._consumer.connect() as connection:
                every, distinct = connection.execute(numbers).one()
        except sa.exc.DBAPIError:
            return None
        return Progress(accepted or 0, every, distinct)

    def accepted(self, after: int = -1) -> list[Change]:
        """Commands that were carried out, those above a number only, in the order of their numbers."""
        with self._publisher.connect() as connection:
            rows = connection.execute(sa.select(changes).where(changes.c.n > after).order_by(changes.c.n))
            return [Change(row.n, row.event_id, row.subject, row.revision) for row in rows]

    def effects(self) -> list[Effect]:
        """Return the effects in the order in which they were recorded."""
        with self._consumer.connect() as connection:
            rows = connection.execute(sa.select(effects).order_by(effects.c.position))
            return [Effect(row.event_id, row.subject, row.revision) for row in rows]

    def refuse(self, subjects: Sequence[str], *, for_good: bool) -> None:
        """Let the consumer's handler fail with these subjects from now on."""
        with self._consumer.begin() as connection:
            rows = [{"subject": subject, "for_good": for_good} for subject in subjects]
            connection.execute(sa.insert(refused), rows)

    def accept_again(self) -> None:
        """Let the handler succeed with every subject."""
        with self._consumer.begin() as connection:
            connection.execute(sa.delete(refused))

    def inbox_states(self) -> dict[str, int]:
        """How many deliveries our inbox keeps in each state but done."""
        with self._consumer.connect() as connection:
            rows = connection.execute(
                sa.text("SELECT state, count(*) AS n FROM inbox WHERE state <> 'done' GROUP BY state")
            )
            return {row.state: row.n for row in rows}

    def age(self, days: int) -> None:
        """Let everything that has been published and received be so many days older."""
        older = {"days": days}
        with self._publisher.begin() as connection:
            connection.execute(AGE_OUTBOX, older)
        with self._consumer.begin() as connection:
            connection.execute(AGE_INBOX, older)

    def remembered(self) -> tuple[int, int]:
        """How many events the outbox keeps, and of how many the inbox knows that they have taken effect."""
        with self._publisher.connect() as connection:
            published = connection.scalar(sa.text("SELECT count(*) FROM outbox"))
        with self._consumer.connect() as connection:
            done = connection.scalar(sa.text("SELECT count(*) FROM inbox WHERE state = 'done'"))
        return published or 0, done or 0

    def forget(self, commands: int) -> None:
        """Delete what outbox and inbox remember of the first commands, as after more than a year."""
        gone = {"ids": [change.event_id for change in self.accepted() if change.n < commands]}
        with self._publisher.begin() as connection:
            connection.execute(sa.text("DELETE FROM outbox WHERE CAST(id AS text) = ANY(:ids)"), gone)
        with self._consumer.begin() as connection:
            connection.execute(sa.text("DELETE FROM inbox WHERE event_id = ANY(:ids)"), gone)

    def parked_as(self, error: str) -> int:
        """How many deliveries our inbox has parked for a class of error."""
        with self.consumer_session() as session:
            return stored_deliveries.count(session, error=error)

    def consumer_session(self) -> Session:
        """A session on the consumer's database, for what an operator does there."""
        return Session(self._consumer)

    def close(self) -> None:
        """Leave the databases alone."""
        self._publisher.dispose()
        self._consumer.dispose()
