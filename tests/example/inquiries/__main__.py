"""Run it like any other service: `python -m inquiries scales|clerk run`."""

import os
import sys

from hub_messaging import wire
from hub_platform.runner import main

ROLES = {
    "scales": "inquiries.service:ScalesService",
    "clerk": "inquiries.service:ClerkService",
}

if __name__ == "__main__":
    role = sys.argv.pop(1)
    if "EXAMPLE_HEARTBEAT" in os.environ:  # seconds; a test has no minute to wait for one to be missed
        vars(wire)["HEARTBEAT_SECONDS"] = int(os.environ["EXAMPLE_HEARTBEAT"])
    main(service=role, service_class=ROLES[role], package="parcels")
