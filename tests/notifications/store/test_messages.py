"""Each statement about messages changes those that it is about, not those of another person or claim."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy.orm import Session
from tests.notifications.fakes import NOW
from tests.support.changes import Changes, changes_of

from hub_notifications.domain.messages import NewMessage
from hub_notifications.models import Base, Message
from hub_notifications.store import messages as store
from hub_platform.database import Sessions
from hub_platform.ids import new_id
from hub_platform.paging import PageRequest

ADA, GRACE = uuid4(), uuid4()
GROUP, OTHER_GROUP = uuid4(), uuid4()
MEETING, OTHER_MEETING = uuid4(), uuid4()
CLAIM, OTHER_CLAIM = uuid4(), uuid4()
EARLIER, LATER = NOW - timedelta(hours=1), NOW + timedelta(hours=1)
INSTANT = timedelta(microseconds=1)


class Box:
    """Messages by the name that a test gives them."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.names: dict[UUID, str] = {}

    def put(self, name: str, **changes: Any) -> UUID:
        """Write a message that is due, to Ada about a place on the group, but for some changes."""
        values: dict[str, Any] = {
            "id": new_id(),
            "template": "session_scheduled",
            "recipient_ref": str(changes.pop("to", ADA)),
            "dedupe_key": name,
            "concerns": "enrolments/1",
            "about": {"work_group_id": str(GROUP), "session_ids": [str(MEETING)]},
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
        assert not done.deleted | done.added
        return {self.names[key[0]] for _, key in done.changed}, done

    def row(self, name: str) -> Message:
        """Read a message as it is now."""
        (id_,) = (id_ for id_, known in self.names.items() if known == name)
        return self.session.get_one(Message, id_, populate_existing=True)


@pytest.fixture(name="box")
def _box(sessions: Sessions) -> Any:
    with sessions() as session:
        box = Box(session)
        for status in ("sending", "sent", "failed", "suppressed"):
            box.put(f"{status} already", status=status)
        yield box


def test_only_what_concerns_one_thing_and_is_due_is_suppressed(box: Box) -> None:
    box.put("it")
    box.put("another place", concerns="enrolments/2")
    changed, _ = box.act(lambda: store.suppress(box.session, "enrolments/1", "withdrawn", now=NOW))
    assert changed == {"it"}
    row = box.row("it")
    assert (row.status, row.reason, row.changed_at) == ("suppressed", "withdrawn", NOW)


def test_of_what_concerns_one_thing_only_one_template_is_suppressed_where_it_is_named(box: Box) -> None:
    box.put("it", template="place_offered")
    box.put("another template", template="place_offer_expired")
    changed, _ = box.act(
        lambda: store.suppress(box.session, "enrolments/1", "offer_over", template="place_offered", now=NOW)
    )
    assert changed == {"it"}


def test_only_what_is_due_to_one_person_is_suppressed(box: Box) -> None:
    box.put("it")
    box.put("to another", to=GRACE)
    changed, _ = box.act(lambda: store.suppress_to(box.session, ADA, "anonymised", now=NOW))
    assert changed == {"it"}
    row = box.row("it")
    assert (row.status, row.reason, row.changed_at) == ("suppressed", "anonymised", NOW)


def offer(told_at: datetime = EARLIER, group: UUID = GROUP) -> dict[str, str]:
    return {"work_group_id": str(group), "offer_told_at": told_at.isoformat()}


def test_only_the_offers_of_one_group_to_one_person_until_an_instant_are_suppressed(box: Box) -> None:
    box.put("earlier", about=offer())
    box.put("at the instant", about=offer(NOW))
    box.put("later", about=offer(NOW + INSTANT))
    box.put("to another", about=offer(), to=GRACE)
    box.put("of another group", about=offer(group=OTHER_GROUP))
    box.put("no offer")
    box.put("sent", about=offer(), status="sent")
    changed, _ = box.act(
        lambda: store.suppress_offers(box.session, ADA, GROUP, NOW, "offer_taken", now=LATER)
    )
    assert changed == {"earlier", "at the instant"}
    row = box.row("earlier")
    assert (row.status, row.reason, row.changed_at) == ("suppressed", "offer_taken", LATER)


def test_only_invitations_to_one_session_are_suppressed(box: Box) -> None:
    box.put("it")
    box.put("to another person", to=GRACE)
    box.put("to another session", about={"session_ids": [str(OTHER_MEETING)]})
    box.put("no invitation", template="place_confirmed")
    templates = ("session_scheduled", "session_rescheduled")
    changed, _ = box.act(
        lambda: store.suppress_session(box.session, MEETING, templates, "session_cancelled", now=NOW)
    )
    assert changed == {"it", "to another person"}
    row = box.row("it")
    assert (row.status, row.reason, row.changed_at) == ("suppressed", "session_cancelled", NOW)


def test_only_a_claim_that_has_run_out_is_released(box: Box) -> None:
    box.put("run out", status="sending", claimed_until=NOW - INSTANT)
    box.put("handed over", status="sending", claimed_until=NOW - INSTANT, handed_over=True)
    box.put("runs out now", status="sending", claimed_until=NOW)
    changed, _ = box.act(lambda: store.release_expired(box.session, now=LATER, real_now=NOW))
    assert changed == {"run out"}
    row = box.row("run out")
    assert (row.status, row.claim, row.claimed_until, row.changed_at) == ("due", None, None, LATER)


def claim(box: Box, limit: int = 10) -> list[str]:
    taken = store.claim(box.session, CLAIM, now=NOW, real_now=NOW, until=LATER, limit=limit)
    return [box.names[message.id] for message in taken]


def test_only_what_is_due_and_not_put_off_is_claimed_what_was_never_put_off_first(box: Box) -> None:
    box.put("due now", due_at=NOW)
    box.put("due before", due_at=EARLIER)
    box.put("due later", due_at=NOW + INSTANT)
    box.put("put off until now", retry_at=NOW, due_at=EARLIER - INSTANT)
    box.put("put off until before", retry_at=EARLIER)
    box.put("put off", retry_at=NOW + INSTANT)
    taken: list[str] = []
    changed, _ = box.act(lambda: taken.extend(claim(box)))
    assert taken == ["due before", "due now", "put off until before", "put off until now"]
    assert changed == set(taken)
    row = box.row("due now")
    assert (row.status, row.claim, row.claimed_until, row.changed_at) == ("sending", CLAIM, LATER, NOW)


def test_no_more_is_claimed_than_was_asked_for(box: Box) -> None:
    for number in range(3):
        box.put(f"number {number}", due_at=EARLIER + number * INSTANT)
    assert claim(box, limit=2) == ["number 0", "number 1"]


def test_only_what_a_claim_still_holds_is_recorded_as_sent(box: Box) -> None:
    it = box.put("it", status="sending", reason="put_off", attempts=2, handed_over=True)
    theirs = box.put("of another claim", status="sending", claim=OTHER_CLAIM)
    box.put("not sent yet", status="sending")
    recorded: set[UUID] = set()
    changed, _ = box.act(
        lambda: recorded.update(store.record_sent(box.session, CLAIM, [it, theirs], now=NOW))
    )
    assert (recorded, changed) == ({it}, {"it"})
    row = box.row("it")
    assert (row.status, row.sent_at, row.attempts, row.changed_at) == ("sent", NOW, 3, NOW)
    assert (row.reason, row.claim, row.claimed_until, row.handed_over) == (None, None, None, False)


def test_only_what_a_claim_still_holds_is_recorded_as_not_sent(box: Box) -> None:
    it = box.put("it", status="sending", handed_over=True)
    theirs = box.put("of another claim", status="sending", claim=OTHER_CLAIM)
    values = {"status": "due", "attempts": 1, "reason": "put_off", "changed_at": NOW}
    changed, _ = box.act(lambda: store.record_unsent(box.session, CLAIM, it, values))
    assert changed == {"it"}
    row = box.row("it")
    assert (row.status, row.claim, row.claimed_until, row.reason) == ("due", None, None, "put_off")
    assert not row.handed_over
    changed, _ = box.act(lambda: store.record_unsent(box.session, CLAIM, theirs, values))
    assert changed == set()
    assert not store.record_unsent(box.session, CLAIM, theirs, values)


def test_only_what_a_claim_still_holds_is_put_back(box: Box) -> None:
    box.put("it", status="sending", claim=OTHER_CLAIM, handed_over=True)
    changed, _ = box.act(
        lambda: store.put_back(box.session, OTHER_CLAIM, reason="away", retry_at=LATER, now=NOW)
    )
    assert changed == {"it"}
    row = box.row("it")
    assert (row.status, row.claim, row.claimed_until, row.attempts) == ("due", None, None, 0)
    assert (row.reason, row.retry_at, row.changed_at, row.handed_over) == ("away", LATER, NOW, False)


def test_the_resends_of_one_message_are_counted(box: Box) -> None:
    first, other = box.put("first", status="sent"), box.put("other", status="sent")
    for number in range(2):
        box.put(f"again {number}", resend_of=first, resend_by="lead")
    assert [store.resends_of(box.session, id_) for id_ in (first, other)] == [2, 0]


def test_a_list_is_narrowed_by_status_and_by_template(box: Box) -> None:
    box.put("due")
    box.put("another template", template="visit_planned")
    page = PageRequest(50, None)
    narrowed: list[tuple[dict[str, str], set[str]]] = [
        ({"status": "due"}, {"due", "another template"}),
        ({"template": "visit_planned"}, {"another template"}),
        ({"status": "sent"}, {"sent already"}),
    ]
    for asked, expected in narrowed:
        rows, _ = store.list_messages(box.session, page, **asked)
        assert {box.names[row.id] for row in rows} == expected
    assert store.summary(box.session) == {"due": 2, "sending": 1, "sent": 1, "failed": 1, "suppressed": 1}


def test_a_message_whose_key_is_known_is_not_written_again(box: Box) -> None:
    new = [
        NewMessage(template="t", recipient_id=ADA, dedupe_key=key, concerns="c", about={"a": 1})
        for key in ("sent already", "new", "newer")
    ]
    assert store.write_down(box.session, new, now=NOW) == 2
    assert store.write_down(box.session, [], now=NOW) == 0
    assert store.summary(box.session)["due"] == 2
