"""RPC requests to enrolment: contacts, joining links and certificates at sending, records for lists."""

from base64 import b64decode
from collections.abc import Collection, Mapping
from typing import Any

from hub_messaging.rpc_client import Ask, RpcClient, RpcUnanswered
from hub_notifications.config import Options
from hub_notifications.gateways import Contact, ContactsUnavailable, SchoolThreads
from hub_platform.context import context_with
from hub_platform.dependencies import Provided


class RpcContacts:
    """Implements `gateways.Contacts` and `gateways.People` by RPC."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask

    def find(self, teacher_ids: Collection[str]) -> Mapping[str, Contact]:
        """Return the contact of each teacher who has an address."""
        found = self._answer("contacts", sorted(teacher_ids))
        return {
            teacher_id: Contact(
                given=known["given"],
                family=known["family"],
                email=known["email"],
                confirmed=known.get("confirmed", True),
            )
            for teacher_id, known in found.items()
            if known.get("email")
        }

    def joining_links(self, session_ids: Collection[str]) -> Mapping[str, str]:
        """Return the joining link of each session that has one."""
        if not session_ids:
            return {}
        links: dict[str, str] = self._answer("joining_links", sorted(session_ids))
        return links

    def certificate(self, enrolment_id: str) -> bytes | None:
        """Return the certificate of an enrolment as a PDF, if there is one."""
        pdf = self._answer("certificate", enrolment_id)
        return None if pdf is None else b64decode(pdf)

    def records(self, teacher_id: str) -> list[str]:
        """Return the ids of all records of one person."""
        records: list[str] = self._answer("records", teacher_id)
        return records

    def of_school(self, urn: str) -> SchoolThreads:
        """Return the threads of a school's messages."""
        found = self._answer("school_threads", urn)
        threads = [(subject, teacher_id) for subject, teacher_id in found["threads"]]
        return SchoolThreads(urns=found["urns"], threads=threads)

    def _answer(self, question: str, argument: str | list[str]) -> Any:  # JSON, of a type for each question
        try:
            return self._ask(question, argument)
        except RpcUnanswered as exc:
            raise ContactsUnavailable(type(exc).__name__) from exc


class EnrolmentContacts(Provided[RpcContacts], RpcClient):
    """Provides `RpcContacts` to the service."""

    def __init__(self) -> None:
        super().__init__("enrolment")

    def setup(self) -> None:
        """Read the timeout from the settings."""
        super().setup()
        self.seconds = context_with(self.container, Options).options.contacts_seconds

    def get_dependency(self, worker_ctx: object) -> RpcContacts:  # noqa: ARG002 - nameko's signature
        """Return the RPC client."""
        return RpcContacts(self.ask)
