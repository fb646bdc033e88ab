"""Writes the files of secrets, so that containers can read each and no half of one is ever seen."""

import os
import stat
from pathlib import Path
from typing import Final

# Nobody else can enter the folder; in a container another account reads the file that is mounted there.
FOLDER_MODE: Final = 0o700
FILE_MODE: Final = 0o444


def replace(path: Path, content: str) -> None:
    """Write a file in one step; a container that has the earlier one mounted goes on reading that."""
    temporary = path.with_name(path.name + ".new")
    temporary.unlink(missing_ok=True)
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(content)
        os.fchmod(file.fileno(), FILE_MODE)
    temporary.replace(path)


def rewrite(path: Path, content: str) -> None:
    """Write a file in its place on the disk: a container that has it mounted reads the new content."""
    if not path.exists():
        replace(path, content)
        return
    path.chmod(FILE_MODE | stat.S_IWUSR)
    path.write_text(content)
    path.chmod(FILE_MODE)
