"""Projections rebuilt from history in a shadow copy, which replaces the live tables while the reader runs.

When every delivery with effect is in the shadow copy too, the copies are exchanged in one transaction. Until
it is committed the live tables are untouched; the next run removes the remains of an interrupted one. With an
incomplete history the switch is made only if an operator has accepted exactly the listed loss.
"""

import contextlib
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from hub_messaging import inbox, shadow_copy
from hub_messaging.loss_report import Loss, LossReport
from hub_messaging.operator_actions import Operator
from hub_messaging.shadow_copy import Compared
from hub_messaging.shadow_fill import NO_ACCESS, READS_ALLOWED, CannotRebuild, Service, ShadowFill
from hub_messaging.shadow_statements import NEW
from hub_messaging.tables import inbox_audit, inbox_types


@dataclass(frozen=True)
class Rebuilt:
    """The result of a rebuild."""

    read: int  # messages of history
    seconds: float  # for reading it
    compared: Sequence[Compared]
    kept: Mapping[str, int]  # state → deliveries without effect in the new copy
    undone: int  # deliveries that have taken effect in the live copy only
    loss: Loss | None  # by a switch, or already lost with the operator's consent
    switched: bool
    behind: int = 0  # of going back: deliveries with effect since the switch that the history lacks


@dataclass(frozen=True)
class Accepted:
    """The losses that an operator accepts."""

    undone: bool = False  # events that had taken effect fail now; they are stored as failures
    loss: str = ""  # SHA-256 of the loss that an earlier run has listed


@dataclass
class Rebuild:
    """One run of a rebuild: fill, compare, switch."""

    service: Service
    losses: Path | None = None  # the folder for the list of losses

    def __post_init__(self) -> None:
        self._filling = ShadowFill(self.service)
        self._copies = self._filling.copies

    def run(self, operator: Operator | None, accepted: Accepted | None = None) -> Rebuilt:
        """Fill, compare and switch; without an operator nothing is switched.

        Args:
            operator: recorded with the switch.
            accepted: the losses with which to switch.

        Raises:
            CannotRebuild, dispatch.DatabaseAway, errors of `read_log`: the live tables are unchanged.
            loss_report.CannotList: the loss cannot be listed; the live tables are unchanged.
        """
        try:
            with shadow_copy.only_one(self.service.engine) as alone:
                if not alone:
                    raise CannotRebuild("Another rebuild is running in this database.")
                try:
                    return self._run(operator, accepted or Accepted())
                finally:
                    self._take_away()
        finally:
            self._filling.engine.dispose()

    def _run(self, operator: Operator | None, accepted: Accepted) -> Rebuilt:
        self._make()
        started = time.monotonic()
        self._filling.fill(None)
        seconds = time.monotonic() - started
        self._round_off()
        compared, undone, loss = self._filling.at_rest(READS_ALLOWED, self._compare)
        switched = operator is not None and (accepted.undone or not undone) and _may_lose(loss, accepted)
        if operator is not None and switched:
            loss, switched = self._filling.at_rest(
                NO_ACCESS, lambda live: self._switch(live, operator, accepted)
            )
        with Session(self.service.engine) if switched else self._filling.sessions() as session:
            unfinished = inbox.counts(session)
        return Rebuilt(self._filling.read, seconds, compared, unfinished, undone, loss, switched)

    def _compare(self, live: sa.Connection) -> tuple[list[Compared], int, Loss | None]:
        if self._copies.recorded(live):
            raise CannotRebuild("Its handlers record events, which a rebuild would publish again.")
        return self._copies.compare(live), self._copies.undone(live), self._loss(live)

    def _loss(self, live: sa.Connection) -> Loss | None:
        service, types = self.service, sorted(self._filling.types)
        report = LossReport(
            service.subscription, service.origins.hub_id, types, service.projections, self.losses
        )
        return report.make(live)

    def _switch(
        self, live: sa.Connection, operator: Operator, accepted: Accepted
    ) -> tuple[Loss | None, bool]:
        loss = self._loss(live)
        if not _may_lose(loss, accepted):
            return loss, False  # events that arrived meanwhile have changed the loss
        self._copies.carry(live, lossy=loss is not None)
        self._copies.swap(live)
        write_down(live, self.service.subscription, operator, "rebuild")
        return loss, True

    def _round_off(self) -> None:
        """Mark the copy as caught up with every type, and update PostgreSQL's statistics."""
        rows = [
            {"subscription": self.service.subscription, "type": type_}
            for type_ in sorted(self._filling.types)
        ]
        with self._filling.engine.begin() as fresh:
            fresh.execute(sa.insert(inbox_types), rows)
        with self._filling.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as fresh:
            for name in (*(table.name for table in self._copies.moved), "history"):
                fresh.execute(sa.text(f'ANALYZE "{name}"'))

    def _make(self) -> None:
        with self.service.engine.begin() as live:
            linked = self._copies.linked(live)
            if linked:
                raise CannotRebuild(f"Foreign keys hold {', '.join(linked)} to other tables.")
            self._copies.make(live)

    def _take_away(self) -> None:
        """Drop the shadow copy; where that fails, the next run does it."""
        with contextlib.suppress(sa.exc.SQLAlchemyError), self.service.engine.begin() as live:
            # No transaction waits for this lock; autovacuum may hold it, and releases it after a second.
            live.execute(sa.text("SET LOCAL lock_timeout = '10s'"))
            live.execute(sa.text(f"DROP SCHEMA IF EXISTS {NEW} CASCADE"))


def write_down(live: sa.Connection, subscription: str, operator: Operator, action: str) -> None:
    """Record the operator and the reason of a switch."""
    named = {"subscription": subscription, "source": "", "event_id": "", "attempts": 0}
    said = {"by": operator.by, "why": operator.why, "action": action}
    live.execute(sa.insert(inbox_audit).values(named | said))


def _may_lose(loss: Loss | None, accepted: Accepted) -> bool:
    return loss is None or loss.sha256 == accepted.loss
