"""A folder instead of a mail server, for demonstrations."""

from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path
from uuid import UUID

from hub_notifications.gateways.mail import Connection, MailAway


class MailboxFolder:
    """Writes each message into a folder as <message id>.eml. A repeat replaces it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @contextmanager
    def open(self) -> Iterator[Connection]:
        """Make the folder when it is not there."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as exc:
            raise MailAway from exc
        yield self

    def send(self, message_id: UUID, mail: EmailMessage) -> None:
        """Write the file whole or not at all."""
        unfinished = self._folder / f".{message_id}.part"
        try:
            unfinished.write_bytes(mail.as_bytes())
            unfinished.replace(self._folder / f"{message_id}.eml")
        except OSError as exc:
            raise MailAway from exc
