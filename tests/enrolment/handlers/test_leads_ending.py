"""The question to visits when a role ends, and the use of its answer."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy.orm import Session
from tests.enrolment.factories import BY, NOW, leader, schools, teacher

from hub_enrolment.commands.mergers import MergeTeachers
from hub_enrolment.commands.teachers import EndLeader
from hub_enrolment.gateways import AssignmentsUnknown, StillAssigned
from hub_enrolment.handlers import leaders, leads_ending, mergers
from hub_enrolment.handlers.leads_ending import Ending
from hub_enrolment.models import LeaderRole

LAST = date(2025, 12, 31)
DAY = timedelta(days=1)
ADA = uuid4()
ENDING = Ending(records=[ADA], last_day=LAST)


def ended(session: Session, role: LeaderRole, on: date = LAST) -> Ending | None:
    command = EndLeader(leader_role_id=role.id, ends_on=on)
    return leads_ending.ending_of(session, leaders.end_leader(session, command, now=NOW, by=BY))


def merged(session: Session, origin: UUID, target: UUID) -> None:
    command = MergeTeachers(from_id=origin, into_id=target, dry_run=False)
    mergers.merge_teachers(session, command, now=NOW, by=BY)


def test_only_the_end_of_a_pd_lead_is_asked_about(session: Session) -> None:
    (school,) = schools(session)
    ada = teacher(session, school)
    assert ended(session, leader(session, ada, role="deputy")) is None
    assert ended(session, leader(session, ada, role="pd_lead")) == Ending(records=[ada], last_day=LAST)


def test_every_record_of_the_person_is_asked_about(session: Session) -> None:
    school, other = schools(session, 2)
    origin, target = teacher(session, school), teacher(session, other, given="Augusta")
    role = leader(session, origin, role="pd_lead")
    merged(session, origin, target)
    ending = ended(session, role)
    assert ending is not None
    assert set(ending.records) == {origin, target}


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "last_day"),
    [
        (date(2026, 2, 1), None, None),  # goes on as a PD lead without an end
        (date(2026, 2, 1), date(2026, 7, 31), date(2026, 7, 31)),
    ],
)
def test_a_person_who_is_a_pd_lead_again_later_is_one_until_then(
    session: Session, starts_on: date, ends_on: date | None, last_day: date | None
) -> None:
    ada = teacher(session, schools(session)[0])
    role = leader(session, ada, role="pd_lead", ends_on=LAST + DAY)
    leader(session, ada, role="pd_lead", starts_on=starts_on, ends_on=ends_on)
    leader(session, ada, role="deputy", starts_on=starts_on, ends_on=None)
    ending = ended(session, role)
    assert (ending and ending.last_day) == last_day


@dataclass
class FakeAssignments:
    """Visits with these assignments; None: it does not answer."""

    found: Sequence[StillAssigned] | None
    asked: list[Any] = field(default_factory=list)

    def after(self, pd_lead_ids: Collection[UUID], last_day: date) -> Sequence[StillAssigned]:
        """Return the prepared assignments."""
        self.asked.append((pd_lead_ids, last_day))
        if self.found is None:
            raise AssignmentsUnknown("RpcTimeout")
        return self.found


def assignment(visits_n: int) -> StillAssigned:
    return StillAssigned(
        assignment_id=uuid4(), urn="110623", programme="intensive", ends_on=LAST, planned_visits_n=visits_n
    )


def test_remaining_assignments_are_reported_with_all_their_visits(session: Session) -> None:
    office = FakeAssignments([assignment(2), assignment(1)])
    outlook = leads_ending.look_up(ENDING, office)
    assert (outlook.still_assigned, office.asked) == (office.found, [([ADA], LAST)])
    (warning,) = outlook.warnings
    assert "2 assignments to schools, with 3 visits planned" in warning.detail
    assert not session.in_transaction(), "asking needs no transaction"


def test_no_assignment_and_no_answer_are_distinguished() -> None:
    nothing = leads_ending.look_up(ENDING, FakeAssignments([]))
    silent = leads_ending.look_up(ENDING, FakeAssignments(None))
    assert (nothing.still_assigned, nothing.warnings) == ([], [])
    assert silent == leads_ending.unknown()
    assert silent.still_assigned is None
    assert [one.reason for one in silent.warnings] == ["assignments_unknown"]
