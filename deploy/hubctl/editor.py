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
    """Return a body as text, with indented JSON.

    Raises:
        UnicodeDecodeError: it is not UTF-8.
    """
    try:
        return json.dumps(json_text.parse(body), indent=2, ensure_ascii=False) + "\n"
    except NotJson:
        return body.decode()


def _compact(text: str) -> bytes:
    """Return an edited text as a body; JSON without the spaces that `editable` added."""
    try:
        return json.dumps(json_text.parse(text.encode()), ensure_ascii=False, separators=(",", ":")).encode()
    except NotJson:
        return text.encode()


def at_a_terminal() -> bool:
    """Return whether questions can be asked at a terminal."""
    return sys.stdin.isatty()


def in_editor(body: bytes) -> bytes:
    """Return the body after the operator has edited it.

    Raises:
        WrongUse: there is no terminal, no text, no editor, or no change.
    """
    if not at_a_terminal():
        raise WrongUse("Give the new body with --file: there is no terminal for an editor.")
    try:
        before = editable(body)
    except UnicodeDecodeError:
        raise WrongUse("The body is not text: give the new one with --file.") from None
    after = _edited(before)
    if after == before:
        raise WrongUse("Nothing was changed in the editor.")
    return _compact(after)


def _edited(text: str) -> str:
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
    with tempfile.TemporaryDirectory(prefix="hubctl-") as folder:  # readable by its owner only
        file = Path(folder) / "body.json"
        file.write_text(text)
        try:
            subprocess.run([*shlex.split(editor), str(file)], check=True)  # noqa: S603 - the operator's own editor
        except (OSError, subprocess.CalledProcessError) as exc:
            raise WrongUse(f"The editor {editor} failed: nothing was changed.") from exc
        return file.read_text()


def from_file(file: Path) -> bytes:
    """Return the content of a file; `-` is standard input.

    Raises:
        WrongUse: it cannot be read.
    """
    try:
        return sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    except OSError as exc:
        raise WrongUse(f"{file} cannot be read: {exc.strerror}.") from exc
