"""A folder of secrets in a test: what it holds, and what is said when the secrets are made again."""

from pathlib import Path

import pytest

from hub_operations import __main__ as command


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def refused(folder: Path) -> list[str]:
    """Return the sentences with which a second generation of the secrets is refused."""
    before = contents(folder) if folder.is_dir() else {}
    with pytest.raises(SystemExit) as left:
        command.main(["secrets", str(folder), "--hub-exists"])
    assert (contents(folder) if folder.is_dir() else {}) == before
    with pytest.raises(SystemExit) as looked:
        command.main(["settings", str(folder), "--hub-exists"])
    assert str(looked.value) == str(left.value)
    return str(left.value).splitlines()


def write(path: Path, text: str) -> None:
    path.chmod(0o600)
    path.write_text(text)
