"""An invented year of supported schools for visits and reporting together, the same for the same seed.

Both services run their handlers in this process, each with its own database. Events of enrolment arrive on a
random day, commands of hub staff and PD leads on theirs, so the whole order is random.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session
from tests.reporting.factories import an_id
from tests.stories.steps import FIRST, Said, Step, appointed, log_of, noon

from hub_contracts import Event
from hub_contracts.enrolment import (
    SchoolChanged,
    SchoolClosed,
    SchoolImported,
    SchoolSucceeded,
    TeacherMovedSchool,
    TeacherRegistered,
)
from hub_contracts.vocabulary import TeacherRole
from hub_visits.commands import (
    AssignPDLead,
    CancelVisit,
    ExcuseHalfTerm,
    GivenHalfTerm,
    PlanVisit,
    SetCalendar,
)
from hub_visits.handlers import assignments, calendars, obligations, visits
from hub_visits.models import Assignment, Calendar

YEAR: Final = "2025/26"
LAST: Final = date(2026, 8, 31)
HALF_TERMS: Final = (
    (date(2025, 9, 3), date(2025, 10, 24)),
    (date(2025, 11, 3), date(2025, 12, 19)),
    (date(2026, 1, 5), date(2026, 2, 13)),
    (date(2026, 2, 23), date(2026, 3, 27)),
    (date(2026, 4, 13), date(2026, 5, 22)),
    (date(2026, 6, 1), date(2026, 7, 21)),
)
SUPPORTED: Final = ("980001", "980002", "980003", "980004", "980005")
SUCCESSORS: Final = ("980011", "980012", "980013")
TRUSTS: Final = (None, "3180", "3181")
AUTHORITIES: Final = ("873", "874")
SCOPES: Final = (
    "la:873",
    "la:874",
    "trust:3180",
    "trust:3181",
    *(f"school:{u}" for u in SUPPORTED + SUCCESSORS),
)
LEAD, OTHER_LEAD = an_id("Ada"), an_id("Grace")
KINDS: Final = ("support", "observation", "department_pd")


@dataclass
class Year:
    """The random steps of one year, the same for the same seed."""

    seed: int
    draw: random.Random = field(init=False)
    revisions: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Create the random generator from the seed."""
        self.draw = random.Random(self.seed)

    def steps(self) -> list[Step]:
        """Return all steps by day, in random order within a day unless they depend on each other."""
        threads = [
            *self._changes_of_schools(),
            *([self._calendar()] for _ in range(6)),
            *([self._assignment(urn)] for urn in SUPPORTED + SUCCESSORS for _ in range(2)),
            *(self._visit(n) for n in range(40)),
            *([self._exemption()] for _ in range(8)),
        ]
        self.draw.shuffle(threads)
        beginning = self._beginning()
        return beginning + sorted((step for thread in threads for step in thread), key=lambda step: step.on)

    def _day(self) -> date:
        """Return a random day of the year, most often a school day."""
        first, last = self.draw.choice(HALF_TERMS)
        return first + timedelta(days=self.draw.randrange(-2, (last - first).days + 12))

    def _beginning(self) -> list[Step]:
        """The hub's calendar, the supported schools and two PD leads."""
        half_terms = [
            GivenHalfTerm(n=n, starts_on=a, ends_on=b, non_school_days=[])
            for n, (a, b) in enumerate(HALF_TERMS, 1)
        ]
        command = SetCalendar(scope="hub", academic_year=YEAR, half_terms=half_terms)

        def act(session: Session, now: datetime) -> None:
            calendars.set_calendar(session, command, expected=0, now=now, by="admin")

        schools_and_leads = [self._imported(urn, FIRST) for urn in SUPPORTED]
        schools_and_leads += [self._said(appointed(lead), FIRST) for lead in (LEAD, OTHER_LEAD)]
        return [Step(FIRST, act), *(Step(FIRST, each) for each in schools_and_leads)]

    def _said(self, event: Event, on: date) -> Said:
        self.revisions[event.subject] = self.revisions.get(event.subject, 0) + 1
        return Said(event, self.revisions[event.subject], noon(on))

    def _received(self, *said: Said) -> list[Step]:
        """Return steps by which visits receives the events at once, or up to 60 days later."""
        wait = timedelta(days=self.draw.choice([0, 0, 1, 20, 60]))
        return [Step(each.at.date() + wait, each) for each in said]

    def _facts(self, urn: str, on: date, **others: Any) -> dict[str, Any]:
        return {
            "urn": urn,
            "name": f"School {urn}",
            "la_code": self.draw.choice(AUTHORITIES),
            "la_name": "Cambridgeshire",
            "phase": "primary",
            "type_code": 1,
            "type_group": 4,
            "eligible": True,
            "status": "open",
            "trust_uid": self.draw.choice(TRUSTS),
            "trust_since": self.draw.choice([None, on - timedelta(days=40)]),
            "source_file_date": on,
        } | others

    def _imported(self, urn: str, on: date) -> Said:
        return self._said(SchoolImported(**self._facts(urn, on)), on)

    def _changes_of_schools(self) -> Iterator[list[Step]]:
        """Schools change their trust or authority, close, and are carried on; a PD lead moves."""
        for urn in SUCCESSORS:
            yield self._received(self._imported(urn, self._day()))
        for urn in SUPPORTED:
            on = self._day()
            facts = self._facts(urn, on)
            yield self._received(self._said(SchoolChanged(**facts, changed_fields=["trust_uid"]), on))
        closed = self.draw.sample(SUPPORTED[1:], 3)
        links = [(urn, self.draw.choice(SUPPORTED[:1] + SUCCESSORS)) for urn in closed]
        links.append((SUCCESSORS[0], SUCCESSORS[1]))  # a chain, where the first has become one
        for urn, successor in links:
            yield self._received(*self._succession(urn, successor))
        there = TeacherRegistered(teacher_id=LEAD, urn="980099", role=TeacherRole.CLASS_TEACHER)
        move = TeacherMovedSchool(
            teacher_id=LEAD,
            from_urn="980099",
            to_urn=self.draw.choice(SUPPORTED),
            role=TeacherRole.CLASS_TEACHER,
            moved_on=(on := self._day()),
        )
        yield self._received(self._said(there, FIRST), self._said(move, on))

    def _succession(self, urn: str, successor_urn: str) -> list[Said]:
        """A school closes, with or without a day, and another one carries it on."""
        on = self._day()
        last_day = self.draw.choice([on, on, None])
        facts = self._facts(urn, on, status="closed", close_date=last_day)
        succeeded = SchoolSucceeded(
            urn=urn,
            successor_urn=successor_urn,
            link_type="Successor",
            established_on=self.draw.choice([None, on - timedelta(days=3)]),
        )
        return [
            self._said(SchoolChanged(**facts, changed_fields=["status"]), on),
            self._said(SchoolClosed(urn=urn, close_date=last_day), on),
            self._said(succeeded, on + timedelta(days=1)),
        ]

    def _calendar(self) -> Step:
        """A scope gets a calendar of its own, or another one; each half term may begin or end elsewhere."""
        scope, by = self.draw.choice(SCOPES), self.draw.randrange(-5, 6)
        half_terms = [
            GivenHalfTerm(
                n=n,
                starts_on=max(FIRST, first + timedelta(days=by)),
                ends_on=last + timedelta(days=self.draw.randrange(-4, 4)),
                non_school_days=[],
            )
            for n, (first, last) in enumerate(HALF_TERMS[: self.draw.choice([5, 6, 6])], 1)
        ]
        command = SetCalendar(scope=scope, academic_year=YEAR, half_terms=half_terms)

        def act(session: Session, now: datetime) -> None:
            known = session.scalar(sa.select(Calendar.revision).where(Calendar.scope == scope))
            calendars.set_calendar(session, command, expected=known or 0, now=now, by="admin")

        return Step(self._day(), act)

    def _assignment(self, urn: str) -> Step:
        on = max(FIRST, self._day() - timedelta(days=90))
        command = AssignPDLead(
            urn=urn,
            pd_lead_id=self.draw.choice([LEAD, OTHER_LEAD]),
            programme=self.draw.choice(["intensive", "tfm_support"]),
            starts_on=max(FIRST, on - timedelta(days=self.draw.choice([0, 0, 20]))),
            kinds=self.draw.choice([["visit"], ["visit", "department_pd"]]),
        )
        return Step(
            on, lambda session, now: assignments.assign_pd_lead(session, command, now=now, by="admin")
        )

    def _visit(self, number: int) -> list[Step]:
        """A visit is planned to whatever is assigned at that time, then mostly logged, or cancelled."""
        day, kind = self._day(), self.draw.choice(KINDS)
        happened_on = day + timedelta(days=self.draw.randrange(-2, 3))
        logged_on = max(day, happened_on) + timedelta(days=self.draw.choice([0, 1, 9, 30]))
        chosen, planned = self.draw.random(), list[UUID]()

        def plan(session: Session, now: datetime) -> None:
            rows = session.scalars(sa.select(Assignment).order_by(Assignment.urn, Assignment.programme)).all()
            if rows:
                row = rows[int(chosen * len(rows))]
                command = PlanVisit(assignment_id=row.id, planned_at=noon(day), kind=kind)
                planned.append(visits.plan_visit(session, command, now=now, by="lead").id)

        def log(session: Session, now: datetime) -> None:
            for visit_id in planned:
                visits.log_visit(session, log_of(visit_id, kind, happened_on), now=now, by="lead")

        def cancel(session: Session, now: datetime) -> None:
            for visit_id in planned:
                command = CancelVisit(visit_id=visit_id, reason="snow")
                visits.cancel_visit(session, command, now=now, by="lead")

        first = Step(max(FIRST, day - timedelta(days=self.draw.choice([0, 5, 40]))), plan)
        logged, cancelled = [Step(logged_on, log)], [Step(day, cancel)]
        return [first, *(logged, logged, logged, cancelled, [])[number % 5]]

    def _exemption(self) -> Step:
        command = ExcuseHalfTerm(
            urn=self.draw.choice(SUPPORTED + SUCCESSORS),
            half_term=f"2025-{self.draw.randrange(1, 7)}",
            kind=self.draw.choice(["visit", "visit", "department_pd"]),
            reason="ofsted",
        )
        return Step(
            self._day(),
            lambda session, now: obligations.excuse_half_term(session, command, now=now, by="admin"),
        )
