"""A mailbox folder instead of a mail server, for demonstrations.

Only its owner may read it, because e-mails hold names, addresses and joining links.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path
from typing import Final
from uuid import UUID

from hub_notifications.gateways.mail import Connection, MailServerUnreachable

FOLDER_MODE: Final = 0o700
FILE_MODE: Final = 0o600


class MailboxFolder:
    """Writes each message into a folder as <message id>.eml; a repeated message replaces its file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @contextmanager
    def open(self) -> Iterator[Connection]:
        """Create the folder, or restrict the permissions that an earlier release gave it."""
        try:
            self._folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
            if self._folder.stat().st_uid == os.geteuid():
                self._folder.chmod(FOLDER_MODE)
        except OSError as exc:
            raise MailServerUnreachable from exc
        yield self

    def send(self, message_id: UUID, mail: EmailMessage) -> None:
        """Write the file atomically."""
        unfinished = self._folder / f".{message_id}.part"
        try:
            unfinished.unlink(missing_ok=True)
            with os.fdopen(
                os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE), "wb"
            ) as file:
                file.write(mail.as_bytes())
            unfinished.replace(self._folder / f"{message_id}.eml")
        except OSError as exc:
            raise MailServerUnreachable from exc
