"""A school's application for places on a Work Group: drafted, submitted, decided."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from hub_demo.commands import Command, Made
from hub_demo.dates.england import working_time_before
from hub_demo.dates.school_years import SchoolYear
from hub_demo.groups.forming import Group
from hub_demo.groups.recruitment import WORK_GROUPS, group_command
from hub_demo.people.participants import Participant
from hub_demo.people.staffroom import Person
from hub_kernel.england import day_in_england

APPLICATIONS: Final = "/enrolment/v1/applications"


def apply(group: Group, urn: str, asked: Sequence[tuple[Person, str]], begins: datetime) -> Iterator[Command]:
    """Yield a school's application for people with roles: a draft, submitted a few minutes later."""
    key = _key(group, urn)
    people = [{"teacher_id": Made(person.key), "role": role} for person, role in asked]
    agreement = {
        "head_agreed_by": "The headteacher",
        "head_agreed_at": working_time_before(begins - timedelta(days=1)).isoformat(),
        "agreement_version": f"{SchoolYear.of(day_in_england(begins)).first}-1",
    }
    drafted: dict[str, object] = {"urn": urn, "participants": people, **agreement}
    path = f"{WORK_GROUPS}/{{{group.key}}}/applications"
    yield group_command(group, key, path, drafted, at=begins, gives="application_id", announces=0)
    submitted = begins + timedelta(minutes=5)
    yield group_command(group, f"{key}/submission", f"{APPLICATIONS}/{{{key}}}/submission", {}, at=submitted)


def decide(group: Group, urn: str, places_n: int, at: datetime, decision: Mapping[str, str]) -> Command:
    """Return the command that decides on a school's application for a number of places."""
    key = _key(group, urn)
    return group_command(
        group,
        f"{key}/decision",
        f"{APPLICATIONS}/{{{key}}}/decision",
        decision,
        at=at,
        announces=1 + places_n * (decision["decision"] == "accepted"),
    )


def _key(group: Group, urn: str) -> str:
    return f"application/{group.label}/{urn}"


def find_place(group: Group, one: Participant, at: datetime, key: str = "", gives: str = "") -> Command:
    """Return the command that looks up a participant's place from an application or an upload."""
    return group_command(
        group,
        key or one.key,
        f"{WORK_GROUPS}/{{{group.key}}}/enrolments?limit=200",
        {},
        at=at,
        method="GET",
        gives=gives or "enrolment_id",
        among={"teacher_id": Made(one.person.key)},
        announces=0,
    )
