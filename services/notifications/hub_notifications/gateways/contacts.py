"""Names, addresses, joining links and certificates, which enrolment owns."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Protocol


class ContactsUnavailable(Exception):
    """Enrolment did not answer in time."""


@dataclass(frozen=True, kw_only=True)
class Contact:
    """The recipient of a message; held in memory only while the message is being sent."""

    given: str
    family: str
    email: str = field(repr=False)
    confirmed: bool = True  # False: the person has moved school, and the address may be out of date


class Contacts(Protocol):
    """Looks up contacts, joining links and certificates."""

    def find(self, teacher_ids: Collection[str]) -> Mapping[str, Contact]:
        """Return the contact of each teacher, by id; teachers without an address are left out.

        Raises:
            ContactsUnavailable: enrolment did not answer in time.
        """

    def joining_links(self, session_ids: Collection[str]) -> Mapping[str, str]:
        """Return the joining link of each session, by id; sessions without one are left out.

        Raises:
            ContactsUnavailable: enrolment did not answer in time.
        """

    def certificate(self, enrolment_id: str) -> bytes | None:
        """Return the certificate of a completed enrolment as a PDF; None: there is none.

        Raises:
            ContactsUnavailable: enrolment did not answer in time.
        """
