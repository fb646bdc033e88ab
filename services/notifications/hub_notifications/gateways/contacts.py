"""Names and addresses, which enrolment has."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Protocol


class ContactsAway(Exception):
    """Enrolment did not answer; the messages wait."""


@dataclass(frozen=True, kw_only=True)
class Contact:
    """The recipient of a message. Kept in memory only, for as long as the message is being sent."""

    given: str
    family: str
    email: str = field(repr=False)
    confirmed: bool = True  # false: the person has moved, and the address is not known to be theirs still


class Contacts(Protocol):
    """Gives names and addresses."""

    def find(self, teacher_ids: Collection[str]) -> Mapping[str, Contact]:
        """Look up many at once; a person without an address is missing from the answer.

        Raises:
            ContactsAway: enrolment did not answer in time.
        """

    def joining_links(self, session_ids: Collection[str]) -> Mapping[str, str]:
        """Look up the joining links of sessions; a session without one is missing from the answer.

        Raises:
            ContactsAway: enrolment did not answer in time.
        """

    def certificate(self, enrolment_id: str) -> bytes | None:
        """Fetch the certificate of a completed enrolment as a PDF; None when there is none.

        Raises:
            ContactsAway: enrolment did not answer in time.
        """
