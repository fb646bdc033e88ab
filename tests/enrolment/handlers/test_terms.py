"""A group's terms: drafted, opened, changed."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session
from tests.enrolment.factories import (
    BY,
    CLOSES,
    LATER,
    OPENS,
    TODAY,
    enrol,
    events,
    fill,
    group,
    leader,
    schools,
    teacher,
)
from tests.enrolment.steps import change

from hub_enrolment.commands.work_groups import OpenDraft
from hub_enrolment.domain.confirmations import Candidate, Terms, confirm
from hub_enrolment.domain.programmes import Limits
from hub_enrolment.domain.work_groups import (
    Composition,
    SchoolOnGroup,
    WorkGroupStatus,
    check_change,
)
from hub_enrolment.handlers import terms
from hub_enrolment.models import WorkGroup
from hub_enrolment.store import work_groups as store
from hub_kernel.refusals import Refused
from hub_platform.database import Sessions


def open_draft(session: Session, group: WorkGroup) -> None:
    terms.open_draft(session, OpenDraft(work_group_id=group.id), now=LATER, by=BY)


def test_draft_is_published_when_it_is_opened(session: Session) -> None:
    drafted = group(session, draft=True, title="Ratio")
    assert (drafted.status, events(session, "WorkGroupOpened")) == ("draft", [])
    change(session, drafted, title="Proportion")
    assert events(session, "WorkGroupOpened", "WorkGroupChanged") == []
    with pytest.raises(Refused, match="work_group_not_recruiting"):
        enrol(session, drafted.id, teacher(session, schools(session)[0]))
    open_draft(session, drafted)
    ((_, told),) = events(session, "WorkGroupOpened")
    assert (drafted.status, told["work_group_id"], told["title"]) == (
        "recruiting",
        str(drafted.id),
        "Proportion",
    )
    with pytest.raises(Refused, match="not_draft"):
        open_draft(session, drafted)
    assert len(events(session, "WorkGroupOpened")) == 1


@pytest.mark.parametrize("status", WorkGroupStatus)
def test_ended_group_cannot_be_changed(status: str) -> None:
    if status in {"closed", "cancelled"}:
        with pytest.raises(Refused, match="work_group_over"):
            check_change(status, capacity=20, kept=0)
    else:
        check_change(status, capacity=20, kept=0)


@given(capacity=st.integers(1, 30), kept=st.integers(0, 30))
def test_the_capacity_is_never_less_than_what_is_taken(capacity: int, kept: int) -> None:
    if capacity < kept:
        with pytest.raises(Refused, match="capacity_below_taken"):
            check_change("running", capacity=capacity, kept=kept)
    else:
        check_change("running", capacity=capacity, kept=kept)


def test_a_change_tells_all_terms_and_which_are_new(session: Session) -> None:
    opened = group(session, capacity=2)
    emmy = teacher(session, schools(session)[0])
    leader(session, emmy)
    fill(session, opened.id, teachers_n=2, schools_n=1)
    described = change(session, opened, capacity=3, title="Ratio", lead_ids=[emmy], venue="Linton")
    ((_, told),) = events(session, "WorkGroupChanged")
    assert sorted(told["changed_fields"]) == ["capacity", "lead_ids", "title", "venue"]
    assert (told["capacity"], told["title"], told["lead_ids"]) == (3, "Ratio", [str(emmy)])
    assert (told["venue"], "mode" in told) == ("Linton", False)
    assert told["closes_at"] == "2025-10-01T00:00:00Z"
    assert (opened.venue, opened.revision, opened.changed_by) == ("Linton", 2, "changer")
    assert described.lead_ids == [emmy]
    fill(session, opened.id, teachers_n=1, schools_n=1)


@pytest.mark.parametrize("changes", [{"venue": "Linton"}, {"mode": "in_person"}, {"venue": None}])
def test_a_new_venue_or_mode_is_published(session: Session, changes: dict[str, Any]) -> None:
    opened = group(session, venue="Ely", mode="online")
    change(session, opened, **changes)
    ((_, told),) = events(session, "WorkGroupChanged")
    assert told["changed_fields"] == list(changes)
    assert {name: told.get(name) for name in changes} == changes


def test_a_new_joining_link_is_no_news_of_the_group(session: Session) -> None:
    opened = group(session)
    change(session, opened, joining_link="https://meet.example/1")
    assert (opened.joining_link, opened.revision) == ("https://meet.example/1", 2)
    assert events(session, "WorkGroupChanged") == []


def test_the_same_terms_change_nothing(session: Session) -> None:
    opened = group(session, title="Ratio", capacity=8)
    change(session, opened, title="Ratio", capacity=8)
    assert (opened.revision, events(session, "WorkGroupChanged")) == (1, [])


def test_a_refused_change_writes_nothing(database: Sessions) -> None:
    with database.begin() as session:
        opened = group(session, capacity=4)
        fill(session, opened.id, teachers_n=3, schools_n=1)
        before = events(session)
    for changes, expected, code in (
        ({"capacity": 2}, 1, "capacity_below_taken"),
        ({"closes_at": OPENS}, 1, "closes_before_opens"),
        ({"joining_link": "http://meet.example/1"}, 1, "bad_joining_link"),
        ({"lead_ids": [uuid4()]}, 1, "not_a_leader"),
        ({"title": "Ratio"}, 2, "stale"),
        ({"title": "Ratio"}, None, "stale"),
    ):
        with pytest.raises(Refused, match=code), database.begin() as session:
            change(session, opened, expected=expected, **changes)
    with database.begin() as session:
        assert (session.get_one(WorkGroup, opened.id).revision, events(session)) == (1, before)
        change(session, opened, capacity=3, closes_at=CLOSES + timedelta(days=7))


ENOUGH = Composition(10, 6)


def lacking(
    *schools: SchoolOnGroup, roles: tuple[str, ...] = (), cap: int | None = None
) -> tuple[str, list[str]]:
    """The code of the refusal and its sentences."""
    with pytest.raises(Refused) as refusal:
        confirm(
            Candidate(status="recruiting", counted=ENOUGH, schools=schools),
            Terms(limits=Limits(max_per_school=cap), required_roles=roles),
            override_reason=None,
        )
    return refusal.value.code, [sentence for _, sentence in refusal.value.errors]


def on_group(urn: str, places_n: int, *roles: str) -> SchoolOnGroup:
    return SchoolOnGroup(urn=urn, places_n=places_n, roles=frozenset(roles))


def test_each_school_that_lacks_a_role_is_named() -> None:
    needed = ("lead_participant", "maths_lead")
    code, sentences = lacking(
        on_group("100001", 2, "lead_participant", "participant", "maths_lead"),
        on_group("100002", 2, "lead_participant", "class_teacher"),
        on_group("100003", 1, "participant"),
        roles=needed,
    )
    assert code == "required_role_missing"
    assert sentences == [
        "School 100002 has no participant in the role maths_lead.",
        "School 100003 has no participant in the role lead_participant, maths_lead.",
    ]


def test_each_school_over_the_cap_is_named() -> None:
    code, sentences = lacking(on_group("100001", 2), on_group("100002", 3), cap=2)
    assert (code, sentences) == (
        "too_many_of_a_school",
        ["School 100002 has 3 places; the programme allows 2 a school."],
    )


@pytest.mark.parametrize(("reason", "overridden"), [(None, False), ("agreed with the hub lead", False)])
def test_a_mix_as_the_programme_wants_it_needs_no_override(reason: str | None, overridden: bool) -> None:
    mixed = on_group("100001", 2, "participant", "maths_lead")
    said = confirm(
        Candidate(status="recruiting", counted=ENOUGH, schools=[mixed]),
        Terms(limits=Limits(max_per_school=2), required_roles=("maths_lead",)),
        override_reason=reason,
    )
    assert said is overridden


def test_roles_are_those_on_the_group_and_at_the_school(session: Session) -> None:
    opened = group(session, of={"required_roles": ["lead_participant", "maths_lead"]})
    (school,) = schools(session)
    enrol(session, opened.id, teacher(session, school, role="maths_lead"), role="lead_participant")
    enrol(session, opened.id, teacher(session, school))
    (known,) = store.schools_on(session, opened.id, day=TODAY)
    assert known == on_group(school, 2, "lead_participant", "maths_lead", "participant", "class_teacher")
