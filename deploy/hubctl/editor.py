"""The body of a delivery in the operator's editor."""

import json
import os
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

from hub_messaging import json_text
from hub_messaging.json_text import NotJson
from hubctl.places import WrongUse


def editable(body: bytes) -> str:
    """A body as a person would edit it.

    Raises:
        UnicodeDecodeError: it is no text.
    """
    try:
        return json.dumps(json_text.parse(body), indent=2, ensure_ascii=False) + "\n"
    except NotJson:
        return body.decode()


def _compact(text: str) -> bytes:
    """What came out of the editor; JSON without the spaces that were put in for it."""
    try:
        return json.dumps(json_text.parse(text.encode()), ensure_ascii=False, separators=(",", ":")).encode()
    except NotJson:
        return text.encode()


def at_a_terminal() -> bool:
    """Whether somebody can be asked."""
    return sys.stdin.isatty()


def in_editor(body: bytes) -> bytes:
    """The body as the operator leaves it.

    Raises:
        WrongUse: there is no terminal, no text, no editor, or no change.
    """
    if not at_a_terminal():
        raise WrongUse("Give the new body with --file: there is no terminal for an editor.")
    try:
        before = editable(body)
    except UnicodeDecodeError:
        raise WrongUse("The body is no text: give the new one with --file.") from None
    after = _edited(before)
    if after == before:
        raise WrongUse("Nothing was changed in the editor.")
    return _compact(after)


def _edited(text: str) -> str:
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
    with tempfile.TemporaryDirectory(prefix="hubctl-") as folder:  # which nobody else may look into
        file = Path(folder) / "body.json"
        file.write_text(text)
        try:
            subprocess.run([*shlex.split(editor), str(file)], check=True)  # noqa: S603 - the operator's own editor
        except (OSError, subprocess.CalledProcessError) as exc:
            raise WrongUse(f"The editor {editor} failed: nothing was changed.") from exc
        return file.read_text()


def from_file(file: Path) -> bytes:
    """What a file holds; `-` is standard input.

    Raises:
        WrongUse: it cannot be read.
    """
    try:
        return sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    except OSError as exc:
        raise WrongUse(f"{file} cannot be read: {exc.strerror}.") from exc
