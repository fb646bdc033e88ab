"""Find changes of the published language that break subscribers to a release.

A release is a folder: `events/<Type>.<version>.json` (JSON Schemas), `transport.json` (the envelope, and each
event's exchange, routing key and subject), `samples/<routing key>.<case>.json` (messages as published).
"""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Final

from marshmallow import ValidationError

from hub_contracts.compatibility import Break, Rule, breaks, removed_early
from hub_contracts.json_text import JsonObject
from hub_contracts.language import OURS, Language, schemas, transport
from hub_contracts.narrowing import Comparison
from hub_contracts.upcasting import UnknownVersion, read

FOLDER: Final = Path("docs/releases")
EVENTS_OF, SAMPLES_OF, TRANSPORT = "events", "samples", "transport.json"


def releases(folder: Path = FOLDER) -> list[Path]:
    """Return the folders of all releases, oldest first."""
    return sorted(
        (path for path in folder.glob("*") if path.name.isdecimal()), key=lambda path: int(path.name)
    )


def files(language: Language = OURS) -> dict[str, str]:
    """Return the files of a release of the language: path within its folder → text."""
    return {
        TRANSPORT: json.dumps(transport(language), ensure_ascii=False, indent=2) + "\n",
        **{f"{EVENTS_OF}/{name}": text for name, text in schemas(language).items()},
        **{
            f"{SAMPLES_OF}/{path.name}": path.read_text(encoding="utf-8")
            for path in sorted(language.samples.glob("*.json"))
        },
    }


def broken(folder: Path, on: date, language: Language = OURS) -> list[str]:
    """Return each change that breaks a subscriber to any release, as a line with release, field and rule.

    Args:
        folder: of all releases.
        on: the day of the check; a version may be removed after the last day that its released schema states.
        language: the current language.
    """
    found = [
        f"release {release.name}: {name} {each}"
        for release in releases(folder)
        for name, each in _broken(release, on, language)
    ]
    return [*found, *(f"{key} {each}" for key, each in _marks(language))]


def _broken(release: Path, on: date, language: Language) -> Iterator[tuple[str, Break]]:
    current = {name: json.loads(text) for name, text in schemas(language).items()}
    early: set[str] = set()
    for path in sorted((release / EVENTS_OF).glob("*.json")):
        before = _load(path)
        if path.name in current:
            yield from ((path.stem, each) for each in breaks(before, current[path.name]))
        elif what := removed_early(before, on):
            early.add(path.stem)
            yield path.stem, Break("/", what, Rule.KEEPS_VERSION)
    yield from _transport(release, language)
    yield from _samples(release, language, early)


def _transport(release: Path, language: Language) -> Iterator[tuple[str, Break]]:
    before, now = _load(release / TRANSPORT), transport(language)
    sent = Comparison(before["envelope"], now["envelope"], received=False)
    for at, what in sent.changes(before["envelope"], now["envelope"]):
        yield "envelope", Break(at, what, Rule.ENVELOPE)
    for name, address in before["events"].items():
        for part, was in address.items():
            is_ = now["events"].get(name, address)[part]
            if is_ != was:
                what = f"{part} changed from {was!r} to {is_!r}"
                yield name, Break("/", what, Rule.KEEPS_ADDRESS)


def _samples(release: Path, language: Language, early: set[str]) -> Iterator[tuple[str, Break]]:
    """Check that each released sample is still read, and unchanged by the class of its version.

    Samples of versions that were removed too `early` are skipped: they are reported already.
    """
    for path in sorted((release / SAMPLES_OF).glob("*.json")):
        message = _load(path)
        type_, version = message["type"], int(message["dataschema"].rpartition("/")[2])
        name, case = f"{type_}.{version}", path.stem.rpartition(".")[2]
        if name in early:
            continue
        try:
            event = read(type_, version, message["data"], language.all, language.upcasters)
        except UnknownVersion:
            yield name, Break("/", f"sample {case} has no class and no upcaster", Rule.STAYS_READABLE)
        except ValidationError as exc:
            for field in sorted(exc.messages_dict):
                yield name, Break(f"/{field}", f"sample {case} is refused", Rule.STAYS_READABLE)
        else:
            if event.version == version:
                yield from ((name, each) for each in _lost(message["data"], event.to_data(), case))


def _lost(data: JsonObject, again: JsonObject, case: str) -> Iterator[Break]:
    for field, value in data.items():
        if again.get(field) != value:
            yield Break(f"/{field}", f"sample {case} is read differently", Rule.STAYS_READABLE)


def _marks(language: Language) -> Iterator[tuple[str, Break]]:
    for key, mark in language.marks.items():
        if mark.version != 1:
            yield key, Break("/", f"version {mark.version} of a mark", Rule.ONE_MARK)


def _load(path: Path) -> JsonObject:
    loaded: JsonObject = json.loads(path.read_text(encoding="utf-8"))
    return loaded
