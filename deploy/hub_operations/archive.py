"""A backup: a tar archive (gzip) that begins with a manifest, and a second file with its checksum.

hub-cambridge-2026-11-25T023000Z.tar.gz
hub-cambridge-2026-11-25T023000Z.tar.gz.sha256    as `sha256sum --check` reads it
"""

import gzip
import hashlib
import json
import os
import tarfile
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final

from hub_contracts.json_text import JsonObject
from hub_operations.contents import Contents

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
CHECKSUM: Final = ".sha256"
OWNER_ONLY: Final = 0o600
_CHUNK: Final = 1024 * 1024


class UnusableBackup(Exception):
    """A backup that cannot be restored; the message gives the reason and the remedy."""


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """The contents of an archive: release, tables and files."""

    hub_id: str
    version: str  # of the services
    postgres: int  # major version
    made_at: str  # ISO 8601, UTC
    tables: Mapping[str, Mapping[str, Contents]]  # service → table →
    files: Mapping[str, str] = field(default_factory=dict)  # path → SHA-256


def pack(folder: Path, archive: Path, manifest: Manifest) -> None:
    """Write an archive of the files below a folder, readable by its owner only, in one step.

    Raises:
        OSError: it cannot be written.
    """
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != MANIFEST)
    digests = {str(path.relative_to(folder)): _digest(path) for path in paths}
    listed = asdict(manifest) | {"format": FORMAT, "files": digests}
    unfinished = archive.with_name(archive.name + ".part")
    (folder / MANIFEST).write_text(json.dumps(listed, indent=1))
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, OWNER_ONLY), "wb") as file:
        with tarfile.open(fileobj=file, mode="w:gz") as tar:
            for path in (folder / MANIFEST, *paths):
                tar.add(path, str(path.relative_to(folder)))
        file.flush()
        os.fsync(file.fileno())
    checksum = archive.with_name(archive.name + CHECKSUM)
    checksum.write_text(f"{_digest(unfinished)}  {archive.name}\n")
    unfinished.replace(archive)


def unpack(archive: Path, folder: Path) -> Manifest:
    """Check the checksums of an archive and of each file, and unpack it below a folder.

    Raises:
        UnusableBackup: it is incomplete, was changed, or is not a backup of a hub.
        OSError: the files cannot be written.
    """
    checksum = archive.with_name(archive.name + CHECKSUM)
    if checksum.exists() and checksum.read_text().split()[:1] != [_digest(archive)]:
        raise UnusableBackup(
            f"{archive.name} does not match {checksum.name}: it is damaged or was changed."
            " Use another backup."
        )
    try:
        with gzip.open(archive) as plain, tarfile.open(fileobj=plain, mode="r:") as tar:
            tar.extractall(folder, filter="data")
            while plain.read(_CHUNK):  # to the checksum at its end
                pass
    except (tarfile.TarError, EOFError, zlib.error, OSError) as exc:
        if isinstance(exc, OSError) and exc.errno is not None:
            raise
        raise UnusableBackup(
            f"{archive.name} is incomplete or no backup ({type(exc).__name__}). Use another one."
        ) from exc
    return _checked(archive.name, folder)


def _checked(name: str, folder: Path) -> Manifest:
    manifest = manifest_of(folder, name)
    there = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()} - {MANIFEST}
    for path in sorted(there ^ manifest.files.keys()):
        word = "is missing from" if path in manifest.files else "does not belong in"
        raise UnusableBackup(f"{path} {word} {name}: it is damaged or was changed. Use another backup.")
    for path, digest in manifest.files.items():
        if _digest(folder / path) != digest:
            raise UnusableBackup(f"{path} in {name} was changed. Use another backup.")
    return manifest


def manifest_of(folder: Path, name: str = "The folder") -> Manifest:
    """Read the manifest in a folder.

    Raises:
        UnusableBackup: there is none, or it cannot be read.
    """
    try:
        known: JsonObject = json.loads((folder / MANIFEST).read_text())
        if known.pop("format") != FORMAT:
            raise UnusableBackup(
                f"{name} has a later format: restore it with the release that made it, or a later one."
            )
        tables = {
            service: {table: Contents(**one) for table, one in tables.items()}
            for service, tables in known.pop("tables").items()
        }
        return Manifest(**known, tables=tables)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as exc:
        raise UnusableBackup(
            f"{name} is not a backup of a hub ({type(exc).__name__}). Use another file."
        ) from exc


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
