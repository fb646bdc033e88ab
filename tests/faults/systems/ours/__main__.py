"""Run it like any other service: `python -m tests.faults.systems.ours publisher|consumer run`.

With FAULTS_DROPS_TYPE=1 the consumer is a release that has dropped a type.
"""

import os
import sys

from hub_platform.runner import main

CLASSES = {"publisher": "Publisher", "consumer": "Consumer"}

if __name__ == "__main__":
    role = sys.argv.pop(1)
    drops_type = role == "consumer" and os.environ.get("FAULTS_DROPS_TYPE") == "1"
    main(
        service=role,
        service_class=f"tests.faults.systems.ours.service:{'DropsType' if drops_type else CLASSES[role]}",
        package="tests.faults.systems.ours",
        commands={"rebuild": "hub_messaging.rebuild_command:rebuild"},
    )
