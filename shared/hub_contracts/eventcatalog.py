"""Export the catalogue for EventCatalog (eventcatalog.dev): python -m hub_contracts.eventcatalog FOLDER.

Writes services with their events, channels, flows, owners and the domain, as that tool reads them. A file of
an earlier export is replaced; other files stay, and those that this export has not written are named.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from hub_contracts import EVENTS, PUBLISHERS
from hub_contracts.documents.eventcatalog import pages
from hub_contracts.documents.json_schema import json_schema
from hub_contracts.documents.pages import pretty
from hub_contracts.documents.readers import readers

FOLDERS: Final = ("domains", "services", "channels", "flows", "teams")


def files(release: str) -> dict[str, str]:
    """Every file of the export: its path below the folder, and its text. `release`: of the hub, as 1.2.3."""
    found = pages(PUBLISHERS, readers(), release)
    for event in EVENTS.values():
        name = f"services/{event.publisher}/events/{event.key}/schema.json"
        found[name] = pretty(json_schema(event))
    return found


def write(folder: Path, release: str) -> list[str]:
    """Write the export; return the files in its folders that it has not written.

    Raises:
        OSError: the folder cannot be written to.
    """
    made = files(release)
    for name, text in made.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    present = (path for name in FOLDERS for path in (folder / name).rglob("*") if path.is_file())
    return sorted({path.relative_to(folder).as_posix() for path in present} - made.keys())


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; 1 when the folder cannot be written to."""
    parser = argparse.ArgumentParser(
        prog="hub_contracts.eventcatalog", description=str(__doc__).splitlines()[0]
    )
    parser.add_argument("folder", type=Path, help="the folder of the EventCatalog project")
    parser.add_argument("--release", default="0.1.0", help="release of the hub, three numbers: 1.2.3")
    asked = parser.parse_args(arguments)
    if len(asked.release.split(".")) != 3 or not asked.release.replace(".", "").isdigit():
        parser.error(f"--release {asked.release}: three numbers are needed, such as 1.2.3")
    try:
        others = write(asked.folder, asked.release)
    except OSError as exc:
        sys.stderr.write(f"Cannot write to {asked.folder}: {exc.strerror}.\n")
        return 1
    lines = [f"written: {len(files(asked.release))} files to {asked.folder}"]
    lines += [f"not of this export: {name}" for name in others]
    sys.stdout.writelines(f"{line}\n" for line in lines)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
