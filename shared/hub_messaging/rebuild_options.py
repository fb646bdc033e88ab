"""What the rebuild command is asked for on its command line."""

import argparse
from collections.abc import Sequence
from pathlib import Path


def options_of(arguments: Sequence[str]) -> argparse.Namespace:
    """The options among these arguments; wrong use ends the process with a sentence, as argparse does."""
    parser = argparse.ArgumentParser(prog="rebuild", description="Make the projections anew from history.")
    parser.add_argument("--dry-run", action="store_true", help="compare and switch nothing")
    parser.add_argument("--back", action="store_true", help="go back to what was live before the last switch")
    parser.add_argument("--from-outboxes", action="store_true", help="read publishers' outboxes, not the log")
    parser.add_argument(
        "--accept-undone", action="store_true", help="switch although events that had taken effect fail now"
    )
    parser.add_argument(
        "--accept-loss",
        default="",
        metavar="SHA256",
        help="switch although the history is not complete: the sum of the list that an earlier run wrote",
    )
    parser.add_argument(
        "--losses", type=Path, default=Path(), help="the folder in which what would be lost is listed"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument("--by", default="", help="who switches")
    parser.add_argument("--why", default="", help="and why; kept in the service's database")
    return parser.parse_args(arguments)
