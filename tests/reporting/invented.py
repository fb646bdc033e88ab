"""An invented hub of realistic size: 541 connected schools and a school year, the same for the same seed."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from tests.reporting import factories as make
from tests.reporting.descriptions import hub
from tests.reporting.factories import HALF_TERMS, an_id

from hub_contracts import Event
from hub_contracts.enrolment import (
    SchoolClosed,
    SchoolEnrolled,
    SchoolSucceeded,
    TeacherRegistered,
    WorkGroupConfirmed,
)
from hub_contracts.visits import DepartmentPDHeld, VisitObligationExcused, VisitPlanned
from hub_contracts.vocabulary import ExemptionReason, ObligationKind, TeacherRole, VisitKind

# Authority → its name, districts with their centre (metres, national grid), and number of schools.
AUTHORITIES = {
    "873": (
        "Cambridgeshire",
        272,
        {
            "Cambridge": (545_000, 258_500),
            "East Cambridgeshire": (554_000, 280_300),
            "Fenland": (543_000, 300_000),
            "Huntingdonshire": (523_800, 271_700),
            "South Cambridgeshire": (540_000, 255_000),
        },
    ),
    "874": ("Peterborough", 84, {"Peterborough": (519_200, 298_600)}),
    "926": (
        "Norfolk",
        112,
        {"King's Lynn and West Norfolk": (565_000, 322_000), "Breckland": (583_000, 300_000)},
    ),
    "935": ("Suffolk", 102, {"West Suffolk": (580_000, 266_000), "Babergh": (587_400, 241_300)}),
}
CONNECTED = 541
SAINTS = (
    "St Mary's",
    "St Peter's",
    "Alderbrook",
    "Fallow Lane",
    "Ironbridge Drove",
    "Kestrel Way",
    "Orchard Fen",
)
TOPICS = (
    "Teaching for Mastery Development",
    "Mastering Number at Reception and Key Stage 1",
    "Years 5–8 Continuity",
    "Fractions in Years 3 to 6",
    "Multiplicative Reasoning",
    "Subject Knowledge for Early Career Teachers",
)


@dataclass
class Hub:
    """The schools by part of the hub, and all events in order."""

    seed: str = "a year"
    until: date = date(2026, 7, 20)
    schools: list[str] = field(default_factory=list)
    supported: list[str] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Record the events of the year."""
        self.chance = random.Random(self.seed)
        self.events.append(hub())
        self.events += self._schools()
        self.events += self._leaders()
        for number in range(48):
            self.events += self._group(number)
        self.events += self._support()

    def _schools(self) -> Iterator[Event]:
        number = 0
        for code, (name, count, districts) in AUTHORITIES.items():
            for _ in range(count):
                urn = str(110_000 + number)
                district = self.chance.choice(list(districts))
                east, north = districts[district]
                self.schools.append(urn)
                number += 1
                phase = self.chance.choices(
                    ("primary", "secondary", "early_years", "post16"), (78, 15, 4, 3)
                )[0]
                trust = self.chance.choice([None, *range(1, 40)])
                yield make.school(
                    urn,
                    name=f"{self.chance.choice(SAINTS)} {district} {phase.title().replace('_', ' ')} School",
                    la_code=code,
                    la_name=name,
                    district_name=district,
                    phase=phase,
                    trust_uid=None if trust is None else f"1{trust:04}",
                    trust_name=None if trust is None else f"Learning Trust {trust}",
                    easting=int(self.chance.gauss(east, 7_000)),
                    northing=int(self.chance.gauss(north, 6_000)),
                )
        # One academised at new year: the old number closes, a new one opens.
        yield make.school("199999", name="Newgate Academy", open_date=date(2026, 1, 1))
        yield SchoolClosed(urn=self.schools[0], close_date=date(2025, 12, 31))
        yield SchoolSucceeded(urn=self.schools[0], successor_urn="199999", link_type="Successor")
        for urn in self.schools[:CONNECTED]:
            yield make.connected(urn, date(2025, 9, 1) + timedelta(self.chance.randint(-700, 200)))

    def _leaders(self) -> Iterator[Event]:
        homes = [*self.schools[1:13], self.schools[1], self.schools[2]]
        for number, urn in enumerate(homes):
            yield make.post(f"leader {number}", urn, trust_uid=f"1{number % 6 + 1:04}")
        for number in range(8):
            yield make.post(f"PD lead {number}", self.schools[60 + number], "pd_lead")

    def _group(self, number: int) -> Iterator[Event]:
        name = f"{TOPICS[number % len(TOPICS)]} · group {number + 1}"
        lead = f"group lead {number}"
        yield TeacherRegistered(
            teacher_id=an_id(lead), urn=self.schools[100 + number % 39], role=TeacherRole.MATHS_LEAD
        )
        yield make.post(lead, self.schools[100 + number % 39], "work_group_lead", core_leadership=False)
        yield make.group(name, lead_ids=[an_id(lead)], ncp_code=f"NCP25-{number % 30 + 1:02}")
        size = self.chance.choice((9, 12, 13, 14, 14, 15, 16, 17, 18, 20))
        homes = self.chance.sample(self.schools[:420], max(5, size // 2))
        places = [(f"teacher {number}.{n}", homes[n % len(homes)]) for n in range(size)]
        for n, (teacher, urn) in enumerate(places):
            yield TeacherRegistered(teacher_id=an_id(teacher), urn=urn, role=TeacherRole.CLASS_TEACHER)
            if n < len(homes):
                yield SchoolEnrolled(
                    work_group_id=an_id(name), urn=urn, academic_year=make.YEAR, lead_participants_n=1
                )
            yield make.place(name, teacher, urn, date(2025, 6, 1) + timedelta(self.chance.randint(0, 100)))
        yield WorkGroupConfirmed(
            work_group_id=an_id(name), teachers_n=size, schools_n=len(homes), overridden=size < 10
        )
        for seq, half_term in enumerate(HALF_TERMS, 1):
            starts, ends = HALF_TERMS[half_term]
            day = starts + timedelta(self.chance.randint(0, (ends - starts).days))
            yield make.session(name, seq, day)
            if day < self.until:
                marks = [
                    (
                        t,
                        urn,
                        self.chance.choices(("present", "late", "apologies", "absent"), (84, 4, 8, 4))[0],
                    )
                    for t, urn in places
                ]
                yield make.register(name, seq, day, marks)

    def _support(self) -> Iterator[Event]:
        self.supported = self.schools[150:188]
        for number, urn in enumerate(self.supported):
            kinds = ("visit", "department_pd") if number >= 29 else ("visit",)
            yield make.assignment(urn, kinds=kinds, lead=f"PD lead {number % 8}")
            for half_term in HALF_TERMS:
                for kind in kinds:
                    yield from self._visits_due(urn, half_term, kind, f"PD lead {number % 8}")

    def _visits_due(self, urn: str, half_term: str, kind: str, lead: str) -> Iterator[Event]:
        starts, ends = HALF_TERMS[half_term]
        day = starts + timedelta(self.chance.randint(3, (ends - starts).days))
        visit_kind = "department_pd" if kind == "department_pd" else "support"
        made = make.visit(urn, half_term, day, kind=visit_kind, pd_lead_id=an_id(lead))
        draw = self.chance.random()
        if draw < 0.03:
            yield VisitObligationExcused(
                urn=urn, half_term=half_term, kind=ObligationKind(kind), reason=ExemptionReason.OFSTED
            )
            return
        if draw < 0.07 or starts > self.until:
            return
        yield VisitPlanned(
            visit_id=made.visit_id,
            assignment_id=made.assignment_id,
            urn=urn,
            pd_lead_id=made.pd_lead_id,
            planned_at=make.NOON.replace(year=day.year, month=day.month, day=day.day),
            kind=VisitKind(visit_kind),
            half_term=half_term,
        )
        if day <= self.until:
            yield make.visit(urn, half_term, day, kind=visit_kind, pd_lead_id=an_id(lead), late=draw > 0.94)
            if kind == "department_pd":
                yield DepartmentPDHeld(
                    visit_id=made.visit_id,
                    urn=urn,
                    half_term=half_term,
                    held_on=day,
                    staff_present=6,
                    department_size=7,
                )
