"""The programmes of an academic year, and the number of Work Groups of each.

Strands are those of the Maths Hubs Programme; the codes are well formed and invented.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from hub_demo.commands import Command
from hub_demo.dates.school_years import SchoolYear


@dataclass(frozen=True, kw_only=True)
class Programme:
    """A programme, the number of its groups, and the kinds of school in them."""

    name: str
    title: str
    strand: str
    code: str  # number and letter, after NCP and the year
    phases: tuple[str, ...]
    groups: int
    spring: int = 0  # number of groups that start in January
    led_from: str = "primary"  # kind of the leads' schools
    fixed: Mapping[str, int] = field(
        default_factory=dict
    )  # number of schools by kind in each group; the others are primary schools
    max_per_school: int | None = None
    required_roles: tuple[str, ...] = ()  # each school needs a participant with each role
    tasks_required: bool = False  # whether completion needs a report on every task

    @property
    def key(self) -> str:
        """Key in the plan."""
        return f"programme/{self.name}"


PRIMARY: Final = ("primary",)
SECONDARY: Final = ("secondary",)
PROGRAMMES: Final = (
    Programme(
        name="readiness",
        title="Mastery Readiness",
        strand="readiness",
        code="81",
        phases=PRIMARY,
        groups=3,
        max_per_school=4,
    ),
    Programme(
        name="development",
        title="Teaching for Mastery Development",
        strand="development",
        code="82",
        phases=PRIMARY,
        groups=6,
        required_roles=("lead_participant",),
    ),
    Programme(
        name="embedding",
        title="Teaching for Mastery Embedding",
        strand="embedding",
        code="83",
        phases=PRIMARY,
        groups=6,
        spring=1,
    ),
    Programme(
        name="sustaining",
        title="Teaching for Mastery Sustaining",
        strand="sustaining",
        code="84",
        phases=PRIMARY,
        groups=8,
        spring=2,
    ),
    Programme(
        name="number",
        title="Mastering Number at Reception and Key Stage 1",
        strand="mastering_number",
        code="85",
        phases=PRIMARY,
        groups=6,
        spring=2,
    ),
    Programme(
        name="early-career",
        title="Subject Knowledge for Early Career Primary Teachers",
        strand="sktm",
        code="86a",
        phases=PRIMARY,
        groups=3,
        spring=1,
        max_per_school=3,
        tasks_required=True,
    ),
    Programme(
        name="early-years",
        title="Subject Knowledge for Early Years",
        strand="sktm",
        code="86b",
        phases=("early_years", "primary"),
        groups=2,
        led_from="nursery",
        fixed={"nursery": 3},
    ),
    Programme(
        name="secondary-development",
        title="Secondary Teaching for Mastery Development",
        strand="development",
        code="87",
        phases=SECONDARY,
        groups=4,
        led_from="secondary",
    ),
    Programme(
        name="secondary-embedding",
        title="Secondary Teaching for Mastery Embedding",
        strand="embedding",
        code="88",
        phases=SECONDARY,
        groups=3,
        spring=1,
        led_from="secondary",
    ),
    Programme(
        name="non-specialist",
        title="Subject Knowledge for Secondary Non-specialist Teachers",
        strand="sktm",
        code="89",
        phases=SECONDARY,
        groups=2,
        spring=1,
        led_from="secondary",
        max_per_school=3,
    ),
    Programme(
        name="continuity",
        title="Years 5 to 8 Continuity",
        strand="continuity",
        code="90",
        phases=("primary", "secondary"),
        groups=3,
        led_from="secondary",
        fixed={"secondary": 2},
    ),
    Programme(
        name="post-16",
        title="Mathematical Thinking Post-16",
        strand="innovation",
        code="91",
        phases=("post16",),
        groups=1,
        led_from="post16",
        fixed={"post16": 6},
    ),
    Programme(
        name="fractions",
        title="Fractions and Multiplicative Reasoning",
        strand="innovation",
        code="92",
        phases=("primary", "secondary"),
        groups=1,
        fixed={"secondary": 3},
    ),
)


def create(programme: Programme, year: SchoolYear, at: datetime) -> Command:
    """Return the command that creates a programme."""
    body: dict[str, object] = {
        "title": programme.title,
        "academic_year": year.name,
        "strand": programme.strand,
        "phases": list(programme.phases),
        "ncp_code": f"NCP{year.first % 100:02}-{programme.code}",
        "required_roles": list(programme.required_roles),
        "tasks_required": programme.tasks_required,
    }
    if programme.max_per_school is not None:
        body["max_per_school"] = programme.max_per_school
    return Command(
        key=programme.key,
        at=at,
        service="enrolment",
        method="POST",
        path="/enrolment/v1/programmes",
        body=body,
        lane=programme.key,
        gives="programme_id",
        announces=0,
    )
