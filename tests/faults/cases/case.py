"""A case: a fault, how long the system may take to recover, and what else is promised."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.faults.stage import Stage


@dataclass(frozen=True)
class Case:
    """One fault. `run` does the harm and returns when the harm has ended; every command must take effect."""

    name: str
    what: str  # happens, in a sentence of the report
    run: Callable[[Stage], None]
    bound: float = 60.0  # seconds that the system may stand still, with something left to do
    short: bool = True  # whether it takes seconds, so that every change can be held against it
    only_ours: bool = False  # needs something that the others do not have
    redelivers_nothing: bool = False
    order_within_types: bool = False  # events of different types about a subject may overtake one another
    ends_broker: bool = False  # stops or kills it: it is given one from which nothing was ever deleted
    on_cluster: bool = False  # RabbitMQ is three nodes, new for this case
