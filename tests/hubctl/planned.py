"""Visits that were planned, as the tests of `hubctl events` have them recorded."""

from uuid import UUID

from tests.hubctl.conftest import Keeper

from hub_contracts.testing import make
from hub_contracts.visits import VisitPlanned
from hub_messaging import outbox
from hub_platform.clocks import real_now

SOURCE = "/hubs/test/visits"


def visit(number: int) -> UUID:
    """The id of a visit, from 0 on."""
    return UUID(int=number + 1)


def record(keeper: Keeper, number: int = 1) -> list[str]:
    """Record planned visits in their publisher's outbox; the ids of the events."""
    planned = [make(VisitPlanned, visit_id=visit(one)) for one in range(number)]
    with keeper.database.begin() as session:
        return [str(one) for one in outbox.record_all(session, planned, occurred_at=real_now())]
