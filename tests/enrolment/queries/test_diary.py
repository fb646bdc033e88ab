"""The states of registers in SQL are those of the rule."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker
from tests.enrolment.factories import INSTANT, MEETS, group, meeting

from hub_enrolment.domain.sessions import RegisterState, SessionStatus, register_state
from hub_enrolment.models import GroupSession
from hub_enrolment.queries import diary as queries


@pytest.mark.parametrize("since", [-INSTANT, timedelta(0), INSTANT])
@pytest.mark.parametrize("status", SessionStatus)
def test_a_register_is_in_one_state_by_rule_and_by_sql(
    database: sessionmaker[Session], status: str, since: timedelta
) -> None:
    with database() as session:
        row = meeting(session, group(session).id)
        row.status = status
        row.held_on = MEETS.date() if status == "completed" else None
        row.cancelled_reason = "weather" if status == "cancelled" else None
        session.flush()
        now = MEETS + since
        found = {
            state: session.scalars(select(GroupSession.id).where(queries.in_register_state(state, now))).all()
            for state in RegisterState
        }
        rule = register_state(status, starts_at=MEETS, now=now)
        assert found == {state: [row.id] if state == rule else [] for state in RegisterState}
