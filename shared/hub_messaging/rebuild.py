"""Projections made anew from history, beside the live ones, and put in their place while the reader goes on.

When everything that has taken effect is in the new copy too, the copies change places in one transaction.
Until it is committed the live tables are untouched; the next run removes what an interrupted one leaves.
A history that is not complete is switched to only if an operator has accepted exactly what would be lost.
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
from hub_messaging.shadow_fill import NOBODY_ELSE, READERS_GO_ON, CannotRebuild, Service, ShadowFill
from hub_messaging.shadow_statements import NEW
from hub_messaging.tables import inbox_audit, inbox_types


@dataclass(frozen=True)
class Rebuilt:
    """What came of it."""

    read: int  # messages of history
    seconds: float  # for reading it
    compared: Sequence[Compared]
    kept: Mapping[str, int]  # state → deliveries without effect in the new copy
    undone: int  # deliveries that have taken effect in the live copy only
    loss: Loss | None  # what a switch would lose, or has lost with the operator's consent
    switched: bool
    behind: int = 0  # of going back: deliveries that have taken effect since, and that history did not bring


@dataclass(frozen=True)
class Accepted:
    """What an operator accepts of a new copy that has less than the live one."""

    undone: bool = False  # events that had taken effect fail now; they are kept as failures
    loss: str = ""  # SHA-256 of the loss that an earlier run has listed


@dataclass
class Rebuild:
    """One run."""

    service: Service
    losses: Path | None = None  # the folder in which what would be lost is listed

    def __post_init__(self) -> None:
        self._filling = ShadowFill(self.service)
        self._copies = self._filling.copies

    def run(self, operator: Operator | None, accepted: Accepted | None = None) -> Rebuilt:
        """Fill, compare and switch; without an operator nothing is switched.

        Args:
            operator: who switches, and why.
            accepted: with what the operator switches nevertheless.

        Raises:
            CannotRebuild, dispatch.DatabaseAway, and whatever `read_log` raises: nothing was switched.
            vanishing.CannotList: what would be lost cannot be listed; nothing was switched.
        """
        try:
            with shadow_copy.only_one(self.service.engine) as alone:
                if not alone:
                    raise CannotRebuild("Somebody else is rebuilding in this database.")
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
        compared, undone, loss = self._filling.at_rest(READERS_GO_ON, self._compare)
        switched = operator is not None and (accepted.undone or not undone) and _may_lose(loss, accepted)
        if operator is not None and switched:
            loss, switched = self._filling.at_rest(
                NOBODY_ELSE, lambda live: self._switch(live, operator, accepted)
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
            return loss, False  # events that came meanwhile have changed what would be lost
        self._copies.carry(live, lossy=loss is not None)
        self._copies.swap(live)
        write_down(live, self.service.subscription, operator, "rebuild")
        return loss, True

    def _round_off(self) -> None:
        """The new copy has caught up with every type; and PostgreSQL should know what is in it."""
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
        """Leave nothing behind; where that cannot be done now, the next run does it."""
        with contextlib.suppress(sa.exc.SQLAlchemyError), self.service.engine.begin() as live:
            # Nobody waits behind this lock; autovacuum may hold it, and gives way after a second.
            live.execute(sa.text("SET LOCAL lock_timeout = '10s'"))
            live.execute(sa.text(f"DROP SCHEMA IF EXISTS {NEW} CASCADE"))


def write_down(live: sa.Connection, subscription: str, operator: Operator, action: str) -> None:
    """Write down who has switched, and why."""
    named = {"subscription": subscription, "source": "", "event_id": "", "attempts": 0}
    said = {"by": operator.by, "why": operator.why, "action": action}
    live.execute(sa.insert(inbox_audit).values(named | said))


def _may_lose(loss: Loss | None, accepted: Accepted) -> bool:
    return loss is None or loss.sha256 == accepted.loss
