"""Folders of releases: writing one, checking that none was changed, comparing each with today."""

import hashlib
import json
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from hub_contracts import released
from hub_contracts.compatibility import PUBLISHED_UNTIL
from hub_local.declared import service_class
from hub_local.failures import CannotStart
from hub_local.places import ROOT
from hub_local.releases import operations
from hub_local.services import SERVICES
from hub_platform.openapi import describe

FOLDER: Final = ROOT / released.FOLDER
HTTP: Final = "http"
ABOUT, SUMS = "release.json", "SHA256SUMS"
NOTICE: Final = timedelta(days=90)  # the least between a release that announces an end and that end


def documents() -> Mapping[str, operations.Document]:
    """Return the current OpenAPI document of each service."""
    return {service.name: describe(service_class(service.name)) for service in SERVICES}


def broken(folder: Path, on: date, current: Mapping[str, operations.Document]) -> list[str]:
    """Return the breaking changes of the HTTP interfaces, one line each: release, operation and rule."""
    found = []
    for release in released.releases(folder):
        for path in sorted((release / HTTP).glob("*.json")):
            if path.stem not in current:
                found.append(f"release {release.name}: {path.stem}: the service was removed")
                continue
            was = json.loads(path.read_text(encoding="utf-8"))
            changes = operations.broken(path.stem, was, current[path.stem], on)
            found += [f"release {release.name}: {each}" for each in changes]
    return found


def changed(folder: Path) -> list[str]:
    """Return the files of releases that were added, changed or deleted since their release."""
    found = []
    for release in released.releases(folder):
        sums = release / SUMS
        told = dict(line.split("  ")[::-1] for line in sums.read_text().splitlines()) if sums.exists() else {}
        there = _sums(release)
        differ = sorted(name for name in told.keys() | there.keys() if told.get(name) != there.get(name))
        found += [f"release {release.name}: {name} was changed after the release" for name in differ]
    return found


def store(folder: Path, on: date, current: Mapping[str, operations.Document]) -> Path:
    """Write the next release; return its folder.

    Args:
        folder: of all releases.
        on: the day of the release.
        current: the OpenAPI documents by service.

    Raises:
        CannotStart: an end is announced less than 90 days ahead.
    """
    numbers = [int(release.name) for release in released.releases(folder)]
    target = folder / str(max(numbers, default=-1) + 1)
    language = released.files()
    _require_notice(folder, on, language)
    about = {"number": int(target.name), "released_on": on.isoformat()}
    texts = {
        ABOUT: _text(about),
        **language,
        **{f"{HTTP}/{name}.json": _text(d) for name, d in current.items()},
    }
    for name, text in texts.items():
        path = target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    lines = (f"{digest}  {name}\n" for name, digest in sorted(_sums(target).items()))
    (target / SUMS).write_text("".join(lines))
    return target


def _require_notice(folder: Path, on: date, language: Mapping[str, str]) -> None:
    """Raise unless an event's version ends in 90 days or more, or an earlier release announced the end."""
    for name, text in language.items():
        until = json.loads(text).get(PUBLISHED_UNTIL)
        if until is None or date.fromisoformat(until) >= on + NOTICE:
            continue
        earlier = [release / name for release in released.releases(folder) if (release / name).exists()]
        if not any(json.loads(path.read_text()).get(PUBLISHED_UNTIL) for path in earlier):
            raise CannotStart(f"{name} ends on {until}: a release announces an end at least 90 days ahead.")


def _sums(release: Path) -> dict[str, str]:
    return {
        path.relative_to(release).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in release.rglob("*")
        if path.is_file() and path.name != SUMS
    }


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
