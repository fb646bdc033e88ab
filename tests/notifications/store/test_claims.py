"""Which messages a sender claims and hands over."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session
from tests.notifications.factories import enrol, know_the_basics
from tests.notifications.fakes import NOW

from hub_notifications.domain.messages import Clock
from hub_notifications.models import Message
from hub_notifications.store import messages as store
from hub_platform.database import Sessions

CLAIM, OTHER_CLAIM = uuid4(), uuid4()
# Without these PostgreSQL joins by a nested loop, as it does when it takes a table for empty.
NESTED_LOOP = ("hashjoin", "mergejoin", "hashagg", "sort", "material", "memoize")


@pytest.mark.parametrize("without", [(), NESTED_LOOP])
def test_claim_respects_its_limit_with_every_query_plan(sessions: Sessions, without: tuple[str, ...]) -> None:
    know_the_basics(sessions)
    enrol(sessions, 30)
    with sessions.begin() as session:
        for plan in without:
            session.execute(text(f"SET LOCAL enable_{plan} = off"))
        taken = store.claim(
            session, uuid4(), Clock(now=NOW, real_now=NOW), until=NOW + timedelta(minutes=5), limit=10
        )
        assert len(taken) == 10


def claim(session: Session, claim_id: UUID, until: datetime) -> UUID:
    """Claim one message."""
    [message] = store.claim(session, claim_id, Clock(now=NOW, real_now=NOW), until=until, limit=1)
    return message.id


def test_only_messages_of_the_claim_are_marked_handed_over(sessions: Sessions) -> None:
    know_the_basics(sessions)
    enrol(sessions, 2)
    with sessions() as session:
        mine, theirs = claim(session, CLAIM, NOW), claim(session, OTHER_CLAIM, NOW)
        assert [store.mark_handed_over(session, CLAIM, each) for each in (mine, theirs)] == [True, False]
        session.expire_all()
        assert [session.get_one(Message, each).handed_over for each in (mine, theirs)] == [True, False]


def test_handed_over_messages_of_expired_claims_are_returned(sessions: Sessions) -> None:
    know_the_basics(sessions)
    enrol(sessions, 3)
    instant = timedelta(microseconds=1)
    with sessions() as session:
        run_out, running = claim(session, CLAIM, NOW - instant), claim(session, CLAIM, NOW)
        claim(session, CLAIM, NOW - instant)  # and never handed over
        for each in (run_out, running):
            store.mark_handed_over(session, CLAIM, each)
        assert [each.id for each in store.expired_in_hand(session, real_now=NOW)] == [run_out]
