"""`python -m hub_demo`: load the demonstration into a running hub, and print the figures.

HUB_TOKEN is a token with the roles hub_admin and hub_lead; HUB_<SERVICE>_ADDRESS is the base URL of each
service. With HUB_TOKEN_PRIVATE_KEY_FILE, the hub's private key, Work Group leads record their registers with
tokens of their own.
"""

import argparse
import os
import sys
from datetime import date
from pathlib import Path
from typing import Final

from hub_demo import today
from hub_demo.loading import Part, Target, send, wait_for_figures
from hub_demo.tokens import read_key
from hub_local.failures import CannotStart
from hub_local.terminal import Terminal

SERVICES: Final = ("enrolment", "visits", "notifications", "reporting")


def main() -> int:
    """Load the demonstration; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m hub_demo", description=__doc__)
    parser.add_argument(
        "--today", type=today.day, help="the day for which the plan is made, if not the present one"
    )
    parser.add_argument("--until", type=date.fromisoformat, help="send no command after this day")
    parser.add_argument("--send-only", action="store_true", help="do not wait for events and e-mails")
    asked = parser.parse_args()
    terminal = Terminal()
    try:
        addresses = {service: os.environ[f"HUB_{service.upper()}_ADDRESS"] for service in SERVICES}
        token = os.environ["HUB_TOKEN"]
    except KeyError as missing:
        terminal.say(f"{missing.args[0]} is not set.")
        return 2
    try:
        file = os.environ.get("HUB_TOKEN_PRIVATE_KEY_FILE")
        key = read_key(Path(file)) if file else None
        with terminal.progress() as progress:
            day = asked.today or today.in_england()
            hub, part = Target(addresses, token, key), Part(until=asked.until)
            sent = send(hub, day, part, progress=progress, wait=not asked.send_only)
        if asked.send_only:
            return 0
        figures = wait_for_figures(hub, sent.last)
    except CannotStart as failure:
        terminal.failure(failure)
        return 1
    terminal.console.print(figures)
    return 0


if __name__ == "__main__":
    sys.exit(main())
