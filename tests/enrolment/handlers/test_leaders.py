"""The end of a leadership role is saved with its event, or nothing is."""

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy.orm import Session
from tests.enrolment.factories import BY, NOW, events, group, leader, schools, teacher

from hub_enrolment.commands.teachers import EndLeader
from hub_enrolment.handlers import leaders
from hub_enrolment.models import LeaderRole
from hub_kernel.refusals import Refused
from hub_platform.database import Sessions

STARTS = date(2025, 9, 1)


LAST = date(2025, 12, 31)


DAY = timedelta(days=1)


def ended(session: Session, leader_role_id: UUID, on: date = LAST) -> LeaderRole:
    asked = EndLeader(leader_role_id=leader_role_id, ends_on=on)
    return leaders.end_leader(session, asked, now=NOW, by="ender")


def test_the_end_is_saved_with_its_event(session: Session) -> None:
    (school,) = schools(session)
    role = leader(session, teacher(session, school), role="deputy", core_leadership=True)
    assert ended(session, role.id).ends_on == LAST
    assert (role.revision, role.changed_by) == (2, "ender")
    (told,) = events(session, "LeaderEnded")
    assert told[1] == {
        "leader_role_id": str(role.id),
        "teacher_id": str(role.teacher_id),
        "role": "deputy",
        "urn": school,
        "core_leadership": True,
        "starts_on": "2025-09-01",
        "ended_on": "2025-12-31",
    }


def test_a_refused_end_writes_nothing(database: Sessions) -> None:
    with database.begin() as session:
        lead = teacher(session, schools(session)[0])
        role_id = leader(session, lead).id
        group(session, lead_ids=[lead])
    for on, code in ((LAST, "still_leads_groups"), (STARTS - DAY, "ends_before_start")):
        with pytest.raises(Refused, match=code), database.begin() as session:
            ended(session, role_id, on)
    with pytest.raises(Refused, match="unknown_leader"), database.begin() as session:
        ended(session, uuid4())
    with database() as session:
        assert session.get_one(LeaderRole, role_id).ends_on is None
        assert events(session, "LeaderEnded") == []


@pytest.mark.parametrize(("on", "ends"), [(date(2026, 8, 30), False), (date(2026, 8, 31), True)])
def test_a_role_may_end_with_the_year_of_its_groups(session: Session, on: date, ends: bool) -> None:
    lead = teacher(session, schools(session)[0])
    role = leader(session, lead)
    group(session, lead_ids=[lead])
    if ends:
        assert ended(session, role.id, on).ends_on == on
        return
    with pytest.raises(Refused, match="still_leads_groups"):
        ended(session, role.id, on)


def test_ended_group_does_not_prevent_the_end_of_a_role(session: Session) -> None:
    lead = teacher(session, schools(session)[0])
    role = leader(session, lead)
    over = group(session, lead_ids=[lead])
    over.status, over.cancelled_reason = "cancelled", "funding"
    over.cancelled_at, over.cancelled_by = NOW, BY
    session.flush()
    assert ended(session, role.id).ends_on == LAST
