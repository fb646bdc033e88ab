"""A backup is taken whole or refused, with a sentence that says why."""

import gzip
import io
import json
import stat
import subprocess
import tarfile
from dataclasses import replace
from pathlib import Path

import pytest

from hub_operations.archive import CHECKSUM, MANIFEST, Manifest, UnusableBackup, manifest_of, pack, unpack
from hub_operations.contents import Contents, differences
from hub_operations.restoring import check_fits

ABOUT = Manifest(
    hub_id="fens",
    version="0.9.0",
    postgres=17,
    made_at="2026-11-25T02:30:00+00:00",
    tables={"visits": {"public.visits": Contents(3, "42")}},
)
FILES = {"databases/visits.dump": b"PGDMP" + bytes(range(256)) * 400, "secrets/postgres_password": b"x" * 32}


@pytest.fixture(name="archive")
def _archive(tmp_path: Path) -> Path:
    folder = tmp_path / "made"
    for name, content in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    archive = tmp_path / "hub-fens.tar.gz"
    pack(folder, archive, ABOUT)
    return archive


def rewritten(archive: Path, change: dict[str, bytes | None]) -> Path:
    """The archive with files changed, added or (None) left out, and no checksum file."""
    with tarfile.open(archive) as tar:
        known = {member.name: (tar.extractfile(member) or io.BytesIO()).read() for member in tar}
    other = archive.with_name("other.tar.gz")
    with tarfile.open(other, "w:gz") as tar:
        for name, content in {**known, **change}.items():
            if content is not None:
                member = tarfile.TarInfo(name)
                member.size = len(content)
                tar.addfile(member, io.BytesIO(content))
    return other


def test_what_was_packed_comes_out(archive: Path, tmp_path: Path) -> None:
    manifest = unpack(archive, tmp_path / "out")
    assert {name: (tmp_path / "out" / name).read_bytes() for name in FILES} == FILES
    assert manifest.files.keys() == FILES.keys()
    assert replace(manifest, files={}) == ABOUT
    assert manifest_of(tmp_path / "out") == manifest


def test_only_its_owner_reads_it_and_the_usual_program_checks_it(archive: Path) -> None:
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600
    checksum = archive.name + CHECKSUM
    done = subprocess.run(
        ["sha256sum", "--check", checksum], cwd=archive.parent, capture_output=True, check=False
    )
    assert done.returncode == 0
    assert sorted(path.name for path in archive.parent.glob("*.part*")) == []


@pytest.mark.parametrize("kept", [0, 1, 20, 1_000, -9, -1])
@pytest.mark.parametrize("with_checksum", [True, False])
def test_an_archive_that_is_cut_short_is_refused(
    archive: Path, tmp_path: Path, kept: int, with_checksum: bool
) -> None:
    archive.write_bytes(archive.read_bytes()[:kept])
    if not with_checksum:
        archive.with_name(archive.name + CHECKSUM).unlink()
    with pytest.raises(
        UnusableBackup, match=r"hub-fens\.tar\.gz (does not match|is incomplete or no backup)"
    ):
        unpack(archive, tmp_path / "out")


def test_a_byte_that_was_changed_is_noticed_by_the_checksum(archive: Path, tmp_path: Path) -> None:
    content = bytearray(archive.read_bytes())
    content[len(content) // 2] ^= 1
    archive.write_bytes(content)
    with pytest.raises(UnusableBackup, match="damaged or was changed"):
        unpack(archive, tmp_path / "out")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"secrets/postgres_password": b"y" * 32}, "secrets/postgres_password in other.tar.gz was changed"),
        ({"secrets/postgres_password": None}, "secrets/postgres_password is missing from"),
        ({"secrets/more": b"z"}, "secrets/more does not belong in"),
        ({MANIFEST: None}, "not a backup of a hub"),
        ({MANIFEST: b"{}"}, "not a backup of a hub"),
        ({MANIFEST: b"[1]"}, "not a backup of a hub"),
        ({MANIFEST: b'{"format": 2}'}, "later format"),
    ],
)
def test_a_tampered_archive_is_refused_without_its_checksum_too(
    archive: Path, tmp_path: Path, change: dict[str, bytes | None], says: str
) -> None:
    with pytest.raises(UnusableBackup, match=says):
        unpack(rewritten(archive, change), tmp_path / "out")


def test_nothing_is_written_outside_the_folder(archive: Path, tmp_path: Path) -> None:
    with pytest.raises(UnusableBackup):
        unpack(rewritten(archive, {"../escaped": b"x"}), tmp_path / "out")
    assert not (tmp_path / "escaped").exists()


def test_any_other_file_is_no_backup(tmp_path: Path) -> None:
    for name, content in {"a.txt": b"hello", "b.gz": gzip.compress(b"hello")}.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(UnusableBackup, match="incomplete or no backup"):
            unpack(tmp_path / name, tmp_path / "out")


def test_a_manifest_is_readable_by_people(archive: Path) -> None:
    with tarfile.open(archive) as tar:
        first = tar.next()
        assert first is not None
        assert first.name == MANIFEST
        known = json.load(tar.extractfile(first) or io.BytesIO())
    assert known["tables"]["visits"]["public.visits"] == {"rows": 3, "digest": "42"}


@pytest.mark.parametrize(
    ("version", "postgres", "says"),
    [("0.8.9", 17, "check out v0.9.0 or later"), ("0.9.0", 16, "PostgreSQL 17, and this is 16")],
)
def test_an_older_release_does_not_read_a_later_backup(version: str, postgres: int, says: str) -> None:
    with pytest.raises(UnusableBackup, match=says):
        check_fits(ABOUT, version=version, postgres=postgres)


@pytest.mark.parametrize("version", ["0.9.0", "0.10.0", "1.0.0"])
def test_the_same_and_later_releases_read_it(version: str) -> None:
    check_fits(ABOUT, version=version, postgres=18)


def test_what_is_not_as_it_was_is_named() -> None:
    wanted = {
        "a": {"x": Contents(1, "1"), "y": Contents(2, "2"), "z": Contents(3, "3"), "same": Contents(0, "0")}
    }
    found = {
        "a": {"x": Contents(2, "1"), "z": Contents(3, "9"), "same": Contents(0, "0"), "new": Contents(0, "0")}
    }
    assert list(differences(wanted, found)) == [
        "a: new is new.",
        "a: x had 1 rows and has 2.",
        "a: y is missing.",
        "a: rows of z differ from the backup.",
    ]
