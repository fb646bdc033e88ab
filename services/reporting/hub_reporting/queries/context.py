"""The report context: what every report needs, loaded once for a period."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from hub_reporting.domain.periods import Period
from hub_reporting.domain.schools import Connection, Register, first_connections
from hub_reporting.domain.scopes import Area
from hub_reporting.store import hub as hub_store
from hub_reporting.store import schools as school_store


@dataclass(frozen=True, kw_only=True)
class ReportContext:
    """One hub and one period, with the register of schools and the hub's area."""

    session: Session
    hub: str  # id of the hub whose events are counted
    period: Period
    register: Register  # as of the period's `as_at`, with the facts of its `facts_day`
    connections: Mapping[str, Connection]  # first connection of each open school, by its present URN
    area: Area


def load_context(session: Session, hub: str, period: Period) -> ReportContext:
    """Load the register of schools and the hub's area for a period."""
    register = school_store.register(session, hub, period.as_at, facts_day=period.facts_day)
    connections = first_connections(school_store.connections(session, hub, period.as_at), register)
    return ReportContext(
        session=session,
        hub=hub,
        period=period,
        register=register,
        connections=connections,
        area=Area(register, connections.keys(), hub_store.area(session, hub)),
    )
