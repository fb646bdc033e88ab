"""`python -m hub_demo.local run` and `demo`: the whole hub on this machine, with the demonstration."""

import argparse
import sys
import time
from datetime import date

from hub_demo import today
from hub_local.failures import CannotStart
from hub_local.hub import MEGABYTE, Hub, running_hub
from hub_local.places import LOCAL
from hub_local.terminal import Terminal, shown

WATCH_INTERVAL = 0.5  # seconds between two checks of the programs


def main() -> int:
    """Run the command of the command line; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m hub_demo.local", description=__doc__)
    parser.add_argument(
        "command", choices=["run", "demo"], help="run: until Ctrl-C; demo: print the figures and stop"
    )
    parser.add_argument(
        "--today", type=today.day, help="the day on which the demonstration ends, if not the present one"
    )
    asked = parser.parse_args()
    command = asked.command
    terminal = Terminal()
    started = False
    try:
        with running_hub(LOCAL, terminal) as hub:
            day = asked.today or today.in_england()
            present(hub, terminal, day, until_interrupted=command == "run")
            started = True
            if command == "run":
                watch(hub)
            terminal.say("Stopping …")
    except CannotStart as failure:
        terminal.failure(failure)
        return 1
    except KeyboardInterrupt:
        terminal.say("Stopped." if started else "Stopped before the start was complete.")
        return 0 if started and command == "run" else 130
    terminal.say("Stopped.")
    return 0


def present(hub: Hub, terminal: Terminal, day: date, *, until_interrupted: bool) -> None:
    """Load the demonstration of a day and print the figures, the addresses and the paths of logs."""
    from hub_demo import Target, load

    since = time.monotonic()
    with terminal.progress() as progress:
        target = Target(hub.fleet.addresses, hub.token(), hub.signer.key)
        figures = load(target, day, progress=progress)
    terminal.took("load", since)
    total = time.monotonic() - terminal.begun
    terminal.say(f"{'in all':<12}{total:6.1f} s  {hub.resident_bytes() / MEGABYTE:.0f} MB resident\n")
    terminal.console.print(figures)
    if until_interrupted:
        terminal.say(f"\nThe hub:  {hub.address}")
        terminal.say(f"Sign in:  {hub.sign_in_link}")
        terminal.say(
            "          (once, for 15 minutes; then: .local/venv/bin/hubctl sign-in operator -r hub_admin)"
        )
        terminal.say(f"Events:   {hub.broker_address}    to read them: docs/subscribing.md")
        terminal.say(f"Logs:     {shown(LOCAL.logs)}    Mail: {shown(LOCAL.mail)}    Stop: Ctrl-C")


def watch(hub: Hub) -> None:
    """Check the programs until Ctrl-C.

    Raises:
        CannotStart: a program ended by itself.
    """
    while True:
        hub.require_alive()
        time.sleep(WATCH_INTERVAL)


if __name__ == "__main__":
    sys.exit(main())
