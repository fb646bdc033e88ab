"""Which messages a sender claims."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import text
from tests.notifications.factories import enrol, know_the_basics
from tests.notifications.fakes import NOW

from hub_notifications.store import messages as store
from hub_platform.database import Sessions

# Without these PostgreSQL joins by a nested loop, as it does when it takes a table for empty.
NESTED_LOOP = ("hashjoin", "mergejoin", "hashagg", "sort", "material", "memoize")


@pytest.mark.parametrize("without", [(), NESTED_LOOP])
def test_a_claim_holds_no_more_messages_than_asked_for_whatever_plan_is_chosen(
    sessions: Sessions, without: tuple[str, ...]
) -> None:
    know_the_basics(sessions)
    enrol(sessions, 30)
    with sessions.begin() as session:
        for plan in without:
            session.execute(text(f"SET LOCAL enable_{plan} = off"))
        taken = store.claim(
            session, uuid4(), now=NOW, real_now=NOW, until=NOW + timedelta(minutes=5), limit=10
        )
        assert len(taken) == 10
