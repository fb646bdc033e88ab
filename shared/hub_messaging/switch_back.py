"""The way back from a rebuild: the previous tables are brought up to date and become live again.

The inbox in the schema `previous` shows the deliveries that took effect before the switch, so only later ones
are processed. Then the copies are exchanged in one transaction, so that going back can itself be undone.
"""

import time
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from hub_messaging import inbox, shadow_copy, shadow_statements
from hub_messaging.catchup import MARGIN
from hub_messaging.metrics import recorded_at
from hub_messaging.operator_actions import Operator
from hub_messaging.rebuild import Rebuilt, write_down
from hub_messaging.shadow_copy import Compared
from hub_messaging.shadow_fill import NO_ACCESS, READS_ALLOWED, CannotRebuild, Service, ShadowFill
from hub_messaging.shadow_statements import PREVIOUS


@dataclass
class SwitchBack:
    """One run: bring up to date, compare, switch."""

    service: Service

    def run(self, operator: Operator | None, *, accept_undone: bool = False) -> Rebuilt:
        """Bring the previous copy up to date and switch to it; without an operator only compare.

        Args:
            operator: recorded with the switch.
            accept_undone: switch although events that had taken effect fail now; they are stored as failures.

        Raises:
            CannotRebuild, dispatch.DatabaseAway, errors of `read_log`: the live tables are unchanged.
        """
        self._filling = ShadowFill(self.service, PREVIOUS)
        self._copies = self._filling.copies
        try:
            with shadow_copy.only_one(self.service.engine) as alone:
                if not alone:
                    raise CannotRebuild("Another rebuild is running in this database.")
                self._require_previous()
                if operator is None:
                    return self._compared()
                return self._run(operator, accept_undone=accept_undone)
        finally:
            self._filling.engine.dispose()

    def _require_previous(self) -> None:
        with self.service.engine.connect() as live:
            if not self._copies.exists(live):
                raise CannotRebuild("There is nothing to go back to: no rebuild has switched here.")
            if changed := self._copies.changed(live):
                raise CannotRebuild(
                    f"Migrations since the switch have changed {', '.join(changed)}:"
                    " the previous tables do not fit this release. Rebuild instead."
                )

    def _compared(self) -> Rebuilt:
        with self.service.engine.connect() as live:
            compared, undone = self._compare(live)
            self._filling.absent = self._copies.missing(live, sorted(self._filling.types))
            previous = live.execution_options(schema_translate_map={None: PREVIOUS})
            return self._result(compared, undone, Session(previous), switched=False)

    def _run(self, operator: Operator, *, accept_undone: bool) -> Rebuilt:
        started = time.monotonic()
        since = self._prepare()
        try:
            self._filling.floor = since
            self._filling.fill(since)
            compared, undone = self._filling.at_rest(READS_ALLOWED, self._compare)
            switched = accept_undone or not undone
            if switched:
                self._filling.at_rest(NO_ACCESS, lambda live: self._switch(live, operator))
        except BaseException:
            self._clear()
            raise
        if not switched:
            self._clear()
        with Session(self.service.engine) if switched else self._filling.sessions() as session:
            return self._result(compared, undone, session, switched=switched, started=started)

    def _prepare(self) -> datetime:
        """Prepare the fill; return an instant before which no later delivery can have been published."""
        with self.service.engine.begin() as live:
            self._copies.make_looked_into(live)
            live.execute(sa.text(shadow_statements.TRY_AGAIN))
        with self._filling.sessions() as session:
            last = inbox.last_arrival(session, self.service.subscription)
        if last is None:
            raise CannotRebuild(
                "The previous tables have never received an event: there is no way back to them."
            )
        event_id, received_at = last
        return min(received_at, recorded_at(UUID(event_id)) or received_at) - MARGIN

    def _clear(self) -> None:
        with self.service.engine.begin() as live:
            self._copies.drop_looked_into(live)

    def _compare(self, live: sa.Connection) -> tuple[list[Compared], int]:
        return self._copies.compare(live), self._copies.undone(live)

    def _switch(self, live: sa.Connection, operator: Operator) -> None:
        if self._copies.recorded(live):
            raise CannotRebuild("Its handlers record events, which going back would publish again.")
        self._copies.carry(live)
        behind = live.scalar(sa.text(shadow_statements.BEHIND)) or 0
        if self._filling.absent or behind:
            raise CannotRebuild(
                f"History since the switch does not hold {max(self._filling.absent, behind)} events that"
                " have taken effect: going back would lose them."
            )
        live.execute(sa.text(shadow_statements.CARRY_TYPES))
        self._copies.drop_looked_into(live)
        self._copies.swap(live)
        write_down(live, self.service.subscription, operator, "switch_back")

    def _result(
        self,
        compared: list[Compared],
        undone: int,
        session: Session,
        *,
        switched: bool,
        started: float | None = None,
    ) -> Rebuilt:
        seconds = 0.0 if started is None else time.monotonic() - started
        states = inbox.counts(session)
        return Rebuilt(
            self._filling.read, seconds, compared, states, undone, None, switched, self._filling.absent
        )
