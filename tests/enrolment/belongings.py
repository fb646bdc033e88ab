"""A person with a row in every table that names people, and others with the same rows."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from sqlalchemy.orm import Session
from tests.enrolment import steps
from tests.enrolment.factories import BY, MEETS, NOW, enrol, group, leader, meeting, teacher

from hub_enrolment.commands.pd_days import HoldPDDay, OpenPDDay, RegisterForPDDay
from hub_enrolment.handlers import pd_days
from hub_enrolment.models import (
    ApplicationParticipant,
    AttendanceCorrection,
    MembershipCorrection,
    PDDayRegistration,
    UndoneWithdrawal,
)
from hub_platform.ids import new_id


@dataclass
class Hall:
    """Records that several people share, such as a school, groups, a waiting list and a session."""

    session: Session
    urn: str = ""
    group_id: UUID = field(default_factory=new_id)
    full_group_id: UUID = field(default_factory=new_id)
    application_id: UUID = field(default_factory=new_id)
    pd_day_ids: list[UUID] = field(default_factory=list)
    session_ids: list[UUID] = field(default_factory=list)
    task_id: UUID = field(default_factory=new_id)

    def __post_init__(self) -> None:
        session = self.session
        self.urn, people = steps.school_with(session)
        opened = group(session)
        self.group_id = opened.id
        self.full_group_id = steps.full(session, waiting_n=0)[0].id
        self.application_id = steps.apply(session, group(session).id, self.urn, people).row.id
        self.pd_day_ids = [open_day(session, theme) for theme in ("fluency", "reasoning")]
        self.session_ids = [
            meeting(session, self.group_id, starts_at=MEETS + timedelta(days=n)).id for n in (0, 30)
        ]
        self.task_id = steps.put_task(session, self.group_id, *self.session_ids).id

    # Long: one row of every table of a person.
    def arrive(self, *, led_by: Sequence[UUID] = ()) -> UUID:
        """Register a person who teaches, leads, takes part, waits, registers, attends and reports."""
        session = self.session
        person = teacher(session, self.urn)
        leader(session, person)
        group(session, lead_ids=[*led_by, person])
        place = enrol(session, self.group_id, person)
        steps.join(session, self.full_group_id, person)
        steps.say(session, self.task_id, place, "tried", note="words of a person")
        position = 1 + session.query(ApplicationParticipant).count()
        session.add_all(
            [
                ApplicationParticipant(
                    application_id=self.application_id,
                    position=position,
                    teacher_id=person,
                    role="participant",
                ),
                AttendanceCorrection(
                    id=new_id(),
                    session_id=self.session_ids[0],
                    enrolment_id=place,
                    old="absent",
                    new="present",
                    reason="other",
                    note="words about a person",
                    corrected_at=NOW,
                    corrected_by=BY,
                ),
            ]
        )
        corrected = MembershipCorrection(
            id=new_id(),
            teacher_id=person,
            membership_id=new_id(),
            **{f"{when}_urn": self.urn for when in ("old", "new")},
            **{f"{when}_role": "ta" for when in ("old", "new")},
            **{f"{when}_starts_on": NOW.date() for when in ("old", "new")},
            enrolment_ids=[],
            note="words about a person",
            corrected_at=NOW,
            corrected_by=BY,
        )
        undone = UndoneWithdrawal(
            id=new_id(),
            enrolment_id=place,
            withdrawn_at=NOW,
            withdrawn_reason="other",
            undone_at=NOW,
            undone_by=BY,
            note="words about a person",
        )
        session.add_all([corrected, undone])
        for day_id in self.pd_day_ids:
            command = RegisterForPDDay(pd_day_id=day_id, teacher_id=person)
            pd_days.register_for_pd_day(session, command, now=NOW, by=BY)
        session.flush()
        return person

    def hold_first_day(self) -> None:
        """Take the register of the first PD day: all registered teachers attended."""
        rows = self.session.query(PDDayRegistration).filter_by(pd_day_id=self.pd_day_ids[0])
        command = HoldPDDay(pd_day_id=self.pd_day_ids[0], teacher_ids=sorted(row.teacher_id for row in rows))
        pd_days.hold_pd_day(self.session, command, expected=0, now=MEETS, by=BY)


def open_day(session: Session, theme: str) -> UUID:
    """Open a PD day on the day of the first session."""
    command = OpenPDDay(
        kind="pd_day",
        theme=theme,
        title=None,
        on=MEETS.date(),
        starts_at=None,
        venue=None,
        capacity=None,
        registration_closes_at=None,
    )
    return pd_days.open_pd_day(session, command, now=NOW, by=BY).id
