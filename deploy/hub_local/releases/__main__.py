"""Print changes that break readers or clients of a release, or store the next release.

python -m hub_local.releases --check | --store
"""

import argparse
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from hub_contracts import released
from hub_local.failures import CannotStart
from hub_local.releases import operations, store


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return 1 when a change breaks a release, or a stored release was changed."""
    parser = argparse.ArgumentParser(prog="python -m hub_local.releases", description=__doc__.splitlines()[0])
    action = parser.add_mutually_exclusive_group(required=True)
    action.add_argument(
        "--check", action="store_true", help="print each breaking change with its field and rule"
    )
    action.add_argument("--store", action="store_true", help="check, then store events, samples and OpenAPI")
    parser.add_argument("--folder", type=Path, default=store.FOLDER, help="docs/releases unless given")
    asked = parser.parse_args(arguments)
    today = datetime.now(UTC).date()  # noqa: TID251 - a promise ends by the calendar
    current = store.documents()
    problems = check(asked.folder, today, current)
    if problems:
        print("This breaks what was released:", *problems, sep="\n  ")
        return 1
    if asked.store:
        try:
            print(f"Stored {store.store(asked.folder, today, current)}.")
        except CannotStart as exc:
            print(exc)
            return 1
    return 0


def check(folder: Path, on: date, current: Mapping[str, operations.Document]) -> list[str]:
    """Return changed files of stored releases; without any, the breaking changes of events and HTTP."""
    if not released.releases(folder):
        return [f"{folder} holds no release"]
    return store.changed(folder) or [*released.broken(folder, on), *store.broken(folder, on, current)]


if __name__ == "__main__":
    sys.exit(main())
