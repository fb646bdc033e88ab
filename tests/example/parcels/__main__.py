"""Run it like any other service: `python -m parcels <role> run|migrate|openapi|rebuild`.

A role is a service, `sorting`, or a later release of it, `sorting.both`.
"""

import os
import sys

from hub_platform.runner import main

ROLES = {
    "sorting": "parcels.service:SortingService",
    "counting": os.environ.get("EXAMPLE_COUNTING", "parcels.service:CountingService"),
    "sorting.both": "parcels.versions:SortingBoth",
    "sorting.v2": "parcels.versions:SortingV2",
    "counting.v2": "parcels.versions:CountingV2",
    "counting.both": "parcels.versions:CountingBoth",
}

if __name__ == "__main__":
    role = sys.argv.pop(1)
    main(
        service=role.partition(".")[0],
        service_class=ROLES[role],
        package="parcels",
        commands={"rebuild": "hub_messaging.rebuild_command:rebuild"},
    )
