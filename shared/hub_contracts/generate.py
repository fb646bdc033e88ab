"""Write the documents of the published language, or say which are stale.

python -m hub_contracts.generate --write | --check | --release   [--to docs/events]
"""

import argparse
import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

from hub_contracts import EVENTS, MARKS
from hub_contracts.compatibility import breaks, removed_early
from hub_contracts.documents.asyncapi import asyncapi
from hub_contracts.documents.json_schema import json_schema
from hub_contracts.documents.pages import index, page, pretty
from hub_contracts.documents.readers import readers
from hub_contracts.events import Event, publishers
from hub_contracts.samples import EXAMPLES

FOLDER: Final = Path("docs/events")
RELEASED: Final = "released"


@dataclass(frozen=True)
class Language:
    """What is documented: the events, what is published beside them, and where their samples lie."""

    events: dict[str, type[Event]]
    marks: dict[str, type[Event]]
    samples: Path

    @property
    def all(self) -> dict[str, type[Event]]:
        """All of it, by routing key."""
        return self.events | self.marks


OURS: Final = Language(EVENTS, MARKS, EXAMPLES)


def documents(language: Language = OURS) -> dict[str, str]:
    """Every generated file: its path below the folder, and its text."""
    named, marks, examples = publishers(language.events), tuple(language.marks.values()), language.samples
    return {
        "README.md": index(named, marks),
        "asyncapi.json": pretty(asyncapi(named, marks, examples, readers=readers())),
        **{f"{key}.md": page(event, language.all, examples) for key, event in language.all.items()},
        **{f"schemas/{name}": text for name, text in schemas(language).items()},
    }


def schemas(language: Language = OURS) -> dict[str, str]:
    """The JSON Schema of every event by file name."""
    return {
        f"{event.type}.{event.version}.json": pretty(json_schema(event)) for event in language.all.values()
    }


def stale(folder: Path) -> list[str]:
    """The files that are missing, differ from the registry, or belong to no event any more."""
    expected = documents()
    found = {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in (*folder.glob("*"), *folder.glob("schemas/*"))
        if path.is_file()
    }
    return sorted(name for name in expected.keys() | found.keys() if expected.get(name) != found.get(name))


def write(folder: Path) -> list[str]:
    """Bring the folder up to date; which files changed."""
    expected, changed = documents(), stale(folder)
    for name in changed:
        path = folder / name
        if name not in expected:
            path.unlink()
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(expected[name], encoding="utf-8")
    return changed


def broken(folder: Path, on: date, language: Language = OURS) -> list[str]:
    """How the schemas of today break those that were released, on a day.

    A version that is gone breaks every reader, before the day that its released schema states.
    """
    current, found = schemas(language), []
    for path in sorted((folder / RELEASED).glob("*.json")):
        before = json.loads(path.read_text(encoding="utf-8"))
        if path.name in current:
            now = json.loads(current[path.name])
            found += [f"{path.name} {each}" for each in breaks(before, now)]
        elif early := removed_early(before, on):
            found.append(f"{path.name}: {early}")
    return found


def release(folder: Path, language: Language = OURS) -> list[str]:
    """Keep the schemas of today as the released ones; which changed, or were withdrawn."""
    (folder / RELEASED).mkdir(parents=True, exist_ok=True)
    changed, current = [], schemas(language)
    for path in (folder / RELEASED).glob("*.json"):
        if path.name not in current:
            path.unlink()
            changed.append(f"{RELEASED}/{path.name}")
    for name, text in current.items():
        path = folder / RELEASED / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            changed.append(f"{RELEASED}/{name}")
    return changed


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; 1 when something is stale, or would break a reader."""
    parser = argparse.ArgumentParser(prog="hub_contracts.generate", description=__doc__.splitlines()[0])
    action = parser.add_mutually_exclusive_group(required=True)
    action.add_argument("--write", action="store_true", help="write what is stale")
    action.add_argument("--check", action="store_true", help="name what is stale")
    action.add_argument(
        "--release", action="store_true", help="write, and keep the schemas as the released ones"
    )
    parser.add_argument("--to", type=Path, default=FOLDER, help="the folder, docs/events unless given")
    asked = parser.parse_args(arguments)
    problems = broken(asked.to, datetime.now(UTC).date())  # noqa: TID251 - the day on which it is given
    if problems:
        return _say(["this would break readers of what was released:", *problems], 1)
    if asked.check:
        names = stale(asked.to)
        return _say([f"stale: {name}" for name in names], 1 if names else 0)
    written = write(asked.to) + (release(asked.to) if asked.release else [])
    return _say([f"written: {name}" for name in written], 0)


def _say(lines: Iterable[str], code: int) -> int:
    sys.stdout.writelines(f"{line}\n" for line in lines)
    return code


if __name__ == "__main__":
    raise SystemExit(main())
