"""The part of `make clean` that refuses while a hub runs, and removes the broker's volume."""

import sys

from hub_local import broker_container, containers
from hub_local.alone import only_one
from hub_local.failures import CannotStart
from hub_local.places import LOCAL
from hub_local.processes import Programs


def main() -> int:
    """Stop leftover programs and remove the broker's volume; return 1 while a hub runs."""
    try:
        with only_one(LOCAL):
            for name in Programs(LOCAL.logs, LOCAL.records).stop_leftovers():
                print(f"stopped {name} of an earlier run")
            forgotten = containers.engine_answers() and broker_container.forget(LOCAL.broker)
            if forgotten:
                print(f"deleting docker volume {forgotten}")
    except CannotStart as failure:
        print(failure, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
