"""The part of `make clean` that knows about runs: refuses during one, removes the broker's volume."""

import sys

from hub_local import broker_container, containers
from hub_local.alone import only_one
from hub_local.failures import CannotStart
from hub_local.places import LOCAL
from hub_local.processes import Programs


def main() -> int:
    """Make sure that nothing runs, and remove what lies outside the checkout."""
    try:
        with only_one(LOCAL):
            for name in Programs(LOCAL.logs, LOCAL.records).stop_leftovers():
                print(f"stopping {name}, left behind by an earlier run")
            forgotten = containers.engine_answers() and broker_container.forget(LOCAL.broker)
            if forgotten:
                print(f"deleting docker volume {forgotten}")
    except CannotStart as failure:
        print(failure, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
