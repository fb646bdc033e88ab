"""Corrections of a programme that its Work Groups prevent."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub_enrolment.domain.confirmations import Terms, broken_limits
from hub_enrolment.domain.programme_changes import CONFIRMED, GroupOnProgramme, check_change
from hub_enrolment.domain.programmes import Limits
from hub_enrolment.domain.work_groups import Composition, SchoolOnGroup, WorkGroupStatus
from hub_kernel.refusals import Conflict

BEFORE = Terms(limits=Limits(), required_roles=())  # 10 to 20 teachers of six schools
SCHOOL = SchoolOnGroup(urn="980001", places_n=3, roles=frozenset({"participant", "class_teacher"}))
GROUP = GroupOnProgramme(
    title="Ratio", status="confirmed", capacity=15, counted=Composition(12, 7), schools=[SCHOOL]
)


def after(*, required_roles: tuple[str, ...] = (), **limits: Any) -> Terms:
    return Terms(limits=replace(Limits(), **limits), required_roles=required_roles)


def refused(
    changed: str, group: GroupOnProgramme, terms: Terms, before: Terms = BEFORE
) -> tuple[str, list[str]]:
    with pytest.raises(Conflict) as refusal:
        check_change([changed], [group], before, terms)
    pointers = [pointer for pointer, _ in refusal.value.errors] or [refusal.value.pointer]
    return refusal.value.code, pointers


@pytest.mark.parametrize(
    ("terms", "pointers"),
    [
        (after(min_teachers=12), []),
        (after(min_teachers=13), ["/min_teachers"]),
        (after(min_schools=7), []),
        (after(min_schools=8), ["/min_schools"]),
        (after(max_teachers=15), []),
        (after(max_teachers=14), ["/max_teachers"]),  # its capacity
        (after(max_teachers=11), ["/max_teachers", "/max_teachers"]),  # its teachers, too
        (after(max_per_school=3), []),
        (after(max_per_school=2), ["/max_per_school"]),
        (after(required_roles=("class_teacher",)), []),
        (after(required_roles=("headteacher",)), ["/required_roles"]),
        (after(min_teachers=13, min_schools=8), ["/min_teachers", "/min_schools"]),
    ],
)
def test_a_confirmed_group_contradicts_what_it_would_no_longer_conform_to(
    terms: Terms, pointers: list[str]
) -> None:
    if pointers:
        assert refused("max_teachers", GROUP, terms) == ("confirmed_group_contradicts", pointers)
    else:
        check_change(["max_teachers"], [GROUP], BEFORE, terms)


@pytest.mark.parametrize("status", WorkGroupStatus)
def test_only_a_confirmed_group_that_is_not_over_contradicts(status: str) -> None:
    group = replace(GROUP, status=status)
    if status in CONFIRMED:
        assert refused("min_teachers", group, after(min_teachers=13))[0] == "confirmed_group_contradicts"
    else:
        check_change(["min_teachers"], [group], BEFORE, after(min_teachers=13))


def test_a_group_outside_a_limit_before_does_not_contradict_the_same_limit() -> None:
    overridden = replace(GROUP, counted=Composition(8, 7))
    check_change(["min_teachers"], [overridden], BEFORE, after(min_teachers=11))
    assert refused("min_schools", overridden, after(min_schools=8))[1] == ["/min_schools"]


def test_a_school_without_the_prerequisite_contradicts() -> None:
    group = replace(GROUP, without_prerequisite=["980001", "980002"])
    code, pointers = refused("prerequisite_strand", group, BEFORE)
    assert (code, pointers) == ("confirmed_group_contradicts", ["/prerequisite_strand"] * 2)


@pytest.mark.parametrize("name", ["academic_year", "strand"])
@pytest.mark.parametrize("status", ["draft", "recruiting", "cancelled"])
def test_year_and_strand_stay_once_any_group_follows(name: str, status: str) -> None:
    assert refused(name, replace(GROUP, status=status), BEFORE) == ("programme_has_groups", [f"/{name}"])
    check_change([name], [], BEFORE, BEFORE)


@pytest.mark.parametrize("name", ["min_attendance_percent", "tasks_required"])
def test_the_rule_of_completion_stays_once_a_group_has_closed_by_it(name: str) -> None:
    assert refused(name, replace(GROUP, status="closed"), BEFORE) == ("completion_decided", [f"/{name}"])
    check_change([name], [replace(GROUP, status="evaluating")], BEFORE, BEFORE)


limits = st.builds(
    Limits,
    min_schools=st.integers(1, 8),
    min_teachers=st.integers(1, 12),
    max_teachers=st.integers(12, 25),
)


@given(before=limits, now=limits, teachers=st.integers(0, 30), schools=st.integers(0, 12))
def test_a_correction_that_passes_breaks_no_limit_that_was_kept(
    before: Limits, now: Limits, teachers: int, schools: int
) -> None:
    group = replace(GROUP, counted=Composition(teachers, schools), schools=[])
    try:
        check_change(
            ["min_teachers"],
            [group],
            Terms(limits=before, required_roles=()),
            Terms(limits=now, required_roles=()),
        )
    except Conflict:
        return
    codes = [{code for code, _ in broken_limits(group.counted, one)} for one in (before, now)]
    assert codes[1] <= codes[0]
