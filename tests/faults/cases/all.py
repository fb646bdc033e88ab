"""Every case, in the order of the report."""

from collections.abc import Sequence

from tests.faults.cases import (
    brokers,
    clocks,
    clusters,
    databases,
    forged,
    halts,
    handlers,
    idling,
    logs,
    messages,
    networks,
    operators,
    parked,
    poison,
    processes,
    releases,
    replays,
    subscribers,
)
from tests.faults.cases.case import Case

ALL: tuple[Case, ...] = (
    *processes.CASES,
    *halts.CASES,
    *brokers.CASES,
    *clusters.CASES,
    *databases.CASES,
    *networks.CASES,
    *idling.CASES,
    *handlers.CASES,
    *messages.CASES,
    *operators.CASES,
    *parked.CASES,
    *forged.CASES,
    *subscribers.CASES,
    *poison.CASES,
    *releases.CASES,
    *clocks.CASES,
    *logs.CASES,
    *replays.CASES,
)


def fits(case: Case, parts: Sequence[str]) -> bool:
    """Whether a case's name holds one of these words; every name does when there are none."""
    return not parts or any(part in case.name for part in parts)
