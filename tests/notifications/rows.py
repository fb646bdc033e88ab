"""Messages that a test of the store writes by name, and what a statement changes of them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.orm import Session
from tests.notifications.fakes import NOW
from tests.support.changes import Changes, changes_of

from hub_notifications.models import Base, Message
from hub_platform.ids import new_id

ADA, GRACE = uuid4(), uuid4()
CLAIM, OTHER_CLAIM = uuid4(), uuid4()
EARLIER, LATER = NOW - timedelta(hours=1), NOW + timedelta(hours=1)
INSTANT = timedelta(microseconds=1)
GROUP = "work-groups/01920000-0000-7000-8000-0000000000aa"


class Box:
    """Messages by the name that a test gives them."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.names: dict[UUID, str] = {}

    @classmethod
    def with_bystanders(cls, session: Session) -> "Box":
        """Make one that holds a message in each status but due."""
        box = cls(session)
        for status in ("sending", "sent", "failed", "suppressed"):
            box.put(f"{status} already", status=status)
        return box

    def put(self, name: str, **changes: Any) -> UUID:
        """Write a message that is due, to Ada about the group, but for some changes."""
        values: dict[str, Any] = {
            "id": new_id(),
            "template": "session_scheduled",
            "recipient_ref": str(changes.pop("to", ADA)),
            "dedupe_key": name,
            "concerns": GROUP,
            "item": name,
            "about": {},
            "status": "due",
            "attempts": 0,
            "due_at": EARLIER,
            "created_at": EARLIER,
            "changed_at": EARLIER,
        } | changes
        if values["status"] == "sending":
            values = {"claim": CLAIM, "claimed_until": LATER} | values
        if values["status"] == "sent":
            values |= {"sent_at": EARLIER}
        if values["status"] in {"failed", "suppressed"}:
            values |= {"reason": "before"}
        self.session.add(Message(**values))
        self.session.flush()
        self.names[values["id"]] = name
        return UUID(str(values["id"]))

    def act(self, act: Callable[[], Any]) -> tuple[set[str], Changes]:
        """Do something; the names of the messages that it changed, and what it did."""
        done = changes_of(self.session, [Base.metadata.tables["messages"]], act)
        assert not done.deleted
        return {self.names[key[0]] for _, key in done.changed}, done

    def row(self, name: str) -> Message:
        """Read a message as it is now."""
        (id_,) = (id_ for id_, known in self.names.items() if known == name)
        return self.session.get_one(Message, id_, populate_existing=True)
