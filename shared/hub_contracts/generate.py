"""Write the documents of the published language, or list the stale ones.

python -m hub_contracts.generate --write | --check   [--to docs/events] [--releases docs/releases]
"""

import argparse
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from hub_contracts.documents.asyncapi import asyncapi
from hub_contracts.documents.pages import index, page, pretty
from hub_contracts.documents.readers import readers
from hub_contracts.events import publishers
from hub_contracts.language import OURS, Language, schemas
from hub_contracts.released import FOLDER as RELEASES
from hub_contracts.released import broken, releases

FOLDER: Final = Path("docs/events")


def documents(language: Language = OURS) -> dict[str, str]:
    """Return every generated file: path below the folder → text."""
    named, marks, examples = publishers(language.events), tuple(language.marks.values()), language.samples
    return {
        "README.md": index(named, marks),
        "asyncapi.json": pretty(asyncapi(named, marks, examples, readers=readers())),
        **{f"{key}.md": page(event, language.all, examples) for key, event in language.all.items()},
        **{f"schemas/{name}": text for name, text in schemas(language).items()},
    }


def stale(folder: Path) -> list[str]:
    """Return the files that are missing, differ from the registry, or belong to no event."""
    expected = documents()
    found = {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in (*folder.glob("*"), *folder.glob("schemas/*"))
        if path.is_file()
    }
    return sorted(name for name in expected.keys() | found.keys() if expected.get(name) != found.get(name))


def write(folder: Path) -> list[str]:
    """Update the folder; return the changed files."""
    expected, changed = documents(), stale(folder)
    for name in changed:
        path = folder / name
        if name not in expected:
            path.unlink()
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(expected[name], encoding="utf-8")
    return changed


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return 1 when a file is stale or a change breaks a subscriber."""
    parser = argparse.ArgumentParser(prog="hub_contracts.generate", description=__doc__.splitlines()[0])
    action = parser.add_mutually_exclusive_group(required=True)
    action.add_argument("--write", action="store_true", help="write the stale files")
    action.add_argument("--check", action="store_true", help="list the stale files")
    parser.add_argument("--to", type=Path, default=FOLDER, help="the folder, docs/events unless given")
    parser.add_argument("--releases", type=Path, default=RELEASES, help="docs/releases unless given")
    asked = parser.parse_args(arguments)
    if not releases(asked.releases):
        return _say([f"{asked.releases} holds no release to compare with"], 1)
    problems = broken(asked.releases, datetime.now(UTC).date())  # noqa: TID251 - published_until is a calendar day
    if problems:
        return _say(["these changes break subscribers to a release:", *problems], 1)
    if asked.check:
        names = stale(asked.to)
        return _say([f"stale: {name}" for name in names], 1 if names else 0)
    return _say([f"written: {name}" for name in write(asked.to)], 0)


def _say(lines: Iterable[str], code: int) -> int:
    sys.stdout.writelines(f"{line}\n" for line in lines)
    return code


if __name__ == "__main__":
    raise SystemExit(main())
