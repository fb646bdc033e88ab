"""Command-line options of the rebuild command."""

import argparse
from collections.abc import Sequence
from pathlib import Path


def options_of(arguments: Sequence[str]) -> argparse.Namespace:
    """Parse the arguments; invalid ones end the process with a message, as argparse does."""
    parser = argparse.ArgumentParser(prog="rebuild", description="Rebuild the projections from history.")
    parser.add_argument("--dry-run", action="store_true", help="compare, do not switch")
    parser.add_argument(
        "--back", action="store_true", help="go back to the tables that were live before the last switch"
    )
    parser.add_argument("--from-outboxes", action="store_true", help="read publishers' outboxes, not the log")
    parser.add_argument(
        "--accept-undone", action="store_true", help="switch although events that had taken effect fail now"
    )
    parser.add_argument(
        "--accept-loss",
        default="",
        metavar="SHA256",
        help="switch although the history is incomplete: the SHA-256 of the list that an earlier run wrote",
    )
    parser.add_argument("--losses", type=Path, default=Path(), help="the folder for the list of losses")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument("--by", default="", help="your name, recorded with the switch")
    parser.add_argument("--why", default="", help="the reason, recorded with the switch")
    return parser.parse_args(arguments)
