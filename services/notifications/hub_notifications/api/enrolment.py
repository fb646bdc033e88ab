"""How notifications asks enrolment: addresses, joining links and certificates, by RPC at sending."""

from base64 import b64decode
from collections.abc import Callable, Collection, Mapping
from typing import Any

from hub_messaging.rpc_client import RpcClient, RpcUnanswered
from hub_notifications.config import Options
from hub_notifications.gateways import Contact, ContactsAway, SchoolThreads
from hub_platform.context import context_with


class EnrolmentContacts(RpcClient):
    """Asks enrolment for addresses, joining links and certificates."""

    def __init__(self) -> None:
        super().__init__("enrolment")

    def setup(self) -> None:
        """Learn how long to wait."""
        super().setup()
        self.seconds = context_with(self.container, Options).options.contacts_seconds

    def get_dependency(self, worker_ctx: Any) -> "RpcContacts":  # noqa: ARG002 - nameko's signature
        """Enrolment, as the source of addresses, joining links and certificates."""
        return RpcContacts(self.ask)


class RpcContacts:
    """`gateways.Contacts` and `gateways.People` by RPC."""

    def __init__(self, ask: Callable[..., Any]) -> None:
        self._ask = ask

    def find(self, teacher_ids: Collection[str]) -> Mapping[str, Contact]:
        """Look up many at once."""
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
        """Look up many at once."""
        if not session_ids:
            return {}
        links: dict[str, str] = self._answer("joining_links", sorted(session_ids))
        return links

    def certificate(self, enrolment_id: str) -> bytes | None:
        """Fetch one."""
        pdf = self._answer("certificate", enrolment_id)
        return None if pdf is None else b64decode(pdf)

    def records(self, teacher_id: str) -> list[str]:
        """Look up every record of one person."""
        records: list[str] = self._answer("records", teacher_id)
        return records

    def of_school(self, urn: str) -> SchoolThreads:
        """Look up what people do for a school."""
        found = self._answer("school_threads", urn)
        threads = [(subject, teacher_id) for subject, teacher_id in found["threads"]]
        return SchoolThreads(urns=found["urns"], threads=threads)

    def _answer(self, question: str, argument: Any) -> Any:
        try:
            return self._ask(question, argument)
        except RpcUnanswered as exc:
            raise ContactsAway(type(exc).__name__) from exc
