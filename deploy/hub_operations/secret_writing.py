"""Writes files of secrets, readable in containers and never half written."""

import os
import stat
from pathlib import Path
from typing import Final

# The folder has mode 0700; in a container another account reads the mounted file.
FOLDER_MODE: Final = 0o700
FILE_MODE: Final = 0o444


def replace(path: Path, content: str) -> None:
    """Replace a file in one step; a container with the old file mounted keeps reading the old one."""
    temporary = path.with_name(path.name + ".new")
    temporary.unlink(missing_ok=True)
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(content)
        os.fchmod(file.fileno(), FILE_MODE)
    temporary.replace(path)


def rewrite(path: Path, content: str) -> None:
    """Overwrite the content of a file; a container with the file mounted reads the new content."""
    if not path.exists():
        replace(path, content)
        return
    path.chmod(FILE_MODE | stat.S_IWUSR)
    path.write_text(content)
    path.chmod(FILE_MODE)
