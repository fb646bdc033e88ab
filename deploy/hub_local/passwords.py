"""Generated passwords, stored in files that only their owner can read."""

import os
import secrets
from pathlib import Path


def private_folder(folder: Path) -> Path:
    """Create a folder with mode 0700; an existing folder of this account gets that mode."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder.stat().st_uid == os.geteuid():
        folder.chmod(0o700)
    return folder


def write_private(path: Path, text: str) -> None:
    """Write a file that never exists with wider permissions than 0600, not even for a moment."""
    private_folder(path.parent)
    temporary = path.with_name(path.name + ".new")
    temporary.unlink(missing_ok=True)
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(text)
    temporary.replace(path)


def password(folder: Path, name: str) -> str:
    """Return the password of this name, which is generated on first use."""
    path = folder / name
    if not path.exists():
        write_private(path, secrets.token_urlsafe(24))
    return path.read_text().strip()
