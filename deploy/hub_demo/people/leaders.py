"""The hub's leaders: the main leadership team, the Work Group leads and the PD leads."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Final

from hub_demo.cast import Cast
from hub_demo.commands import Command, Made
from hub_demo.people.staffroom import Person, Staffroom

# The main leadership team: 14 people of 12 schools, so the first two schools have two each.
CORE_ROLES: Final = (
    "hub_lead",
    "deputy",
    "deputy",
    "amhl",
    "amhl",
    "amhl",
    "tfm_lead",
    "mastery_specialist",
    "mastery_specialist",
    "mastery_specialist",
    "mastery_specialist",
    "cohort_lead",
    "cohort_lead",
    "mastery_specialist",
)
WITH_TWO: Final = 2


def core_team(cast: Cast, staffroom: Staffroom) -> list[tuple[Person, str]]:
    """Return the main leadership team with their roles."""
    homes = [*cast.core, *cast.core[:WITH_TWO]]
    return [
        (staffroom.hire(urn, "class_teacher", cast.schools[urn].kind), role)
        for urn, role in zip(homes, CORE_ROLES, strict=True)
    ]


def pd_leads(cast: Cast, staffroom: Staffroom) -> list[Person]:
    """Return the PD leads; those from secondary schools visit secondary schools."""
    return [staffroom.hire(urn, "class_teacher", cast.schools[urn].kind) for urn in cast.pd_leading]


def appoint(
    people: Iterable[tuple[Person, str]], at: datetime, *, from_day: date, core: bool
) -> list[Command]:
    """Yield the commands that appoint leaders."""
    return [
        Command(
            key=f"leader/{person.key}/{role}",
            at=at + timedelta(seconds=5 * n),
            service="enrolment",
            method="POST",
            path="/enrolment/v1/leaders",
            body={
                "teacher_id": Made(person.key),
                "role": role,
                "core_leadership": core,
                "starts_on": from_day.isoformat(),
            },
            lane=person.key,
            gives="leader_role_id",
        )
        for n, (person, role) in enumerate(people)
    ]


def leads_of(teams: Iterable[Sequence[Person]]) -> list[tuple[Person, str]]:
    """Return each Work Group lead once."""
    once = {person.key: person for team in teams for person in team}
    return [(person, "work_group_lead") for person in once.values()]


def end_role(person: Person, role: str, ends_on: date, at: datetime) -> Command:
    """Return the command that ends a role on a day."""
    key = f"leader/{person.key}/{role}"
    return Command(
        key=f"{key}/end",
        at=at,
        service="enrolment",
        method="POST",
        path=f"/enrolment/v1/leaders/{{{key}}}/end",
        body={"ends_on": ends_on.isoformat()},
        lane=person.key,
    )
