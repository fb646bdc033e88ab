"""The hub as the sender of e-mails."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Sender:
    """The sender of e-mails and the organizer of calendar entries."""

    hub_id: str
    mail_from: str  # an e-mail address; its domain also ends each Message-ID
