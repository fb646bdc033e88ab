"""A school's application for places on a Work Group: drafted, submitted, decided."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from local.demonstration.commands import Command, Made
from local.demonstration.dates.england import day_of, working_time_before
from local.demonstration.dates.school_years import SchoolYear
from local.demonstration.groups.forming import Group
from local.demonstration.groups.recruitment import WORK_GROUPS, group_command
from local.demonstration.people.participants import Participant
from local.demonstration.people.staffroom import Person

APPLICATIONS: Final = "/enrolment/v1/applications"


def application(
    group: Group,
    urn: str,
    asked: Sequence[tuple[Person, str]],
    begins: datetime,
    decided_at: datetime,
    decision: Mapping[str, str],
) -> Iterator[Command]:
    """All of it, for some people each with a role.

    Args:
        group: the group.
        urn: the school.
        asked: for whom it asks, and as what.
        begins: when it is drafted; it is submitted a few minutes later.
        decided_at: when it is decided.
        decision: what is decided, and why.
    """
    key = f"application/{group.label}/{urn}"
    people = [{"teacher_id": Made(person.key), "role": role} for person, role in asked]
    agreement = {
        "head_agreed_by": "The headteacher",
        "head_agreed_at": working_time_before(begins - timedelta(days=1)).isoformat(),
        "agreement_version": f"{SchoolYear.of(day_of(begins)).first}-1",
    }
    drafted: dict[str, Any] = {"urn": urn, "participants": people, **agreement}
    path = f"{WORK_GROUPS}/{{{group.key}}}/applications"
    yield group_command(group, key, path, drafted, at=begins, gives="application_id", announces=0)
    submitted = begins + timedelta(minutes=5)
    yield group_command(group, f"{key}/submission", f"{APPLICATIONS}/{{{key}}}/submission", {}, at=submitted)
    yield group_command(
        group,
        f"{key}/decision",
        f"{APPLICATIONS}/{{{key}}}/decision",
        decision,
        at=decided_at,
        announces=1 + len(people) * (decision["decision"] == "accepted"),
    )


def find_place(group: Group, one: Participant, at: datetime, key: str = "", gives: str = "") -> Command:
    """Look up the place that somebody was given by an application or a list."""
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
