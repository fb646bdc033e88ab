"""Run it like any other service: `python -m tests.faults.systems.ours publisher|consumer run`."""

import sys

from hub_platform.runner import main

CLASSES = {"publisher": "Publisher", "consumer": "Consumer"}

if __name__ == "__main__":
    role = sys.argv.pop(1)
    main(
        service=role,
        service_class=f"tests.faults.systems.ours.service:{CLASSES[role]}",
        package="tests.faults.systems.ours",
    )
