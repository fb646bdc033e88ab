"""Every case, in the order of the report."""

from collections.abc import Sequence

from tests.faults.cases import brokers, databases, handlers, messages, networks, operators, processes
from tests.faults.cases.case import Case

ALL: tuple[Case, ...] = (
    *processes.CASES,
    *brokers.CASES,
    *databases.CASES,
    *networks.CASES,
    *handlers.CASES,
    *messages.CASES,
    *operators.CASES,
)


def named(parts: Sequence[str]) -> list[Case]:
    """The cases whose name holds one of these words; all of them when nothing is said.

    Raises:
        SystemExit: one fits no case.
    """
    for part in parts:
        if not any(part in case.name for case in ALL):
            raise SystemExit(f"no case is called {part}; there are: {', '.join(case.name for case in ALL)}")
    return [case for case in ALL if not parts or any(part in case.name for part in parts)]
