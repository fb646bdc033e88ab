"""Run it like any other service: `python -m parcels run|migrate|openapi|rebuild`."""

import os
import sys

from hub_platform.runner import main

ROLES = {
    "sorting": "parcels.service:SortingService",
    "counting": os.environ.get("EXAMPLE_COUNTING", "parcels.service:CountingService"),
}

if __name__ == "__main__":
    role = sys.argv.pop(1)
    main(
        service=role,
        service_class=ROLES[role],
        package="parcels",
        commands={"rebuild": "hub_messaging.rebuild_command:rebuild"},
    )
