"""Commands of `python -m hub_operations`, which deploy/compose.sh runs in containers, and their refusals."""

import contextlib
import io
import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

import hub_operations.__main__ as command
from hub_operations.archive import manifest_of
from hub_operations.contents import Contents
from hub_operations.restoring import RestoreDiffers
from hub_platform import __version__

HELD = {"visits": {"public.visits": Contents(3, "42")}, "reporting": {"public.sources": Contents(1_200, "7")}}


@pytest.fixture(name="folder")
def _folder(tmp_path: Path) -> Path:
    """Write the files of a folder from which an archive is made."""
    folder = tmp_path / "made"
    (folder / "broker").mkdir(parents=True)
    (folder / "broker" / "definitions.json").write_text(json.dumps({"queues": [], "users": []}))
    (folder / "databases").mkdir()
    (folder / "databases" / "visits.dump").write_bytes(b"PGDMP")
    tables = {s: {t: vars(c) for t, c in known.items()} for s, known in HELD.items()}
    (folder / command.TABLES).write_text(json.dumps(tables))
    return folder


def test_a_backup_becomes_an_archive_that_this_release_can_read(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUB_ID", "fens")
    archive = tmp_path / "hub.tar.gz"
    command.main(["backup", str(folder), str(archive), "17"])
    out = tmp_path / "out"
    command.main(["check", str(archive), str(out), "17"])
    said = capsys.readouterr().out
    assert f"hub.tar.gz: hub fens, release {__version__}" in said
    assert "1,203 rows." in said
    manifest = manifest_of(out)
    assert (manifest.hub_id, manifest.postgres, manifest.tables) == ("fens", 17, HELD)


def test_an_archive_of_a_newer_postgresql_is_refused_in_a_sentence(folder: Path, tmp_path: Path) -> None:
    archive = tmp_path / "hub.tar.gz"
    command.main(["backup", str(folder), str(archive), "18"])
    with pytest.raises(SystemExit, match="PostgreSQL 18"):
        command.main(["check", str(archive), str(tmp_path / "out"), "17"])


def test_snapshots_are_printed_one_per_line_and_held_until_input_ends(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    held: list[str] = []

    @contextlib.contextmanager
    def snapshots(_urls: Any) -> Iterator[Any]:
        held.append("taken")
        yield {
            service: SimpleNamespace(name=f"0-{service}", contents=known) for service, known in HELD.items()
        }
        held.append("released")

    class Input(io.StringIO):
        def read(self, _size: int | None = -1) -> str:
            held.append("waited")
            return ""

    monkeypatch.setattr(command, "database_urls", lambda _folder: {})
    monkeypatch.setattr(command, "consistent_snapshots", snapshots)
    monkeypatch.setattr("sys.stdin", Input())
    command.main(["snapshots", str(tmp_path), str(tmp_path)])
    assert held == ["taken", "waited", "released"]
    assert capsys.readouterr().out.splitlines() == ["visits 0-visits", "reporting 0-reporting"]
    assert json.loads((tmp_path / command.TABLES).read_text())["visits"]["public.visits"]["rows"] == 3


def test_after_a_restore_it_says_how_many_events_are_sent_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "database_urls", lambda _folder: {})
    monkeypatch.setattr(command, "manifest_of", lambda _folder: None)
    monkeypatch.setattr(command, "finish", lambda _urls, _manifest, _now: 1_234)
    command.main(["restored", str(tmp_path), str(tmp_path)])
    assert "1,234 events are sent again" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (RestoreDiffers("public.visits has 2 rows, and had 3."), "had 3"),
        (
            OperationalError("SELECT", {}, Exception("secret")),
            r"does not answer, or answers with an error \(OperationalError\)",
        ),
        (FileNotFoundError(2, "No such file or directory", "manifest.json"), "manifest.json cannot be read"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception, says: str
) -> None:
    def fail(_folder: Path) -> None:
        raise error

    monkeypatch.setattr(command, "database_urls", fail)
    with pytest.raises(SystemExit, match=says) as left:
        command.main(["restored", str(tmp_path), str(tmp_path)])
    assert "secret" not in str(left.value)
