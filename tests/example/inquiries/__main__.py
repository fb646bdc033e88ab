"""Run it like any other service: `python -m inquiries scales|clerk run`."""

import sys

from hub_platform.runner import main

ROLES = {
    "scales": "inquiries.service:ScalesService",
    "clerk": "inquiries.service:ClerkService",
}

if __name__ == "__main__":
    role = sys.argv.pop(1)
    main(service=role, service_class=ROLES[role], package="parcels")
