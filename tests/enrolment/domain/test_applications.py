"""Rules about schools' applications for places."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.enrolment.factories import CLOSES, INSTANT, NOW, OPENS

from hub_enrolment.domain import applications as rules
from hub_kernel.refusals import Refused


def outcome(
    status: str = "draft", *, at: datetime = NOW, agreed: bool = True, group: str = "recruiting"
) -> str:
    """How submitting ends."""
    try:
        recruitment = rules.Recruitment(status=group, opens_at=OPENS, closes_at=CLOSES)
        rules.submit(status, recruitment, agreed=agreed, at=at)
    except Refused as refusal:
        return refusal.code
    return "submitted"


@pytest.mark.parametrize(
    ("at", "code"),
    [
        (OPENS - INSTANT, "recruitment_not_open"),
        (OPENS, "submitted"),
        (CLOSES - INSTANT, "submitted"),
        (CLOSES, "recruitment_closed"),
        (CLOSES + INSTANT, "recruitment_closed"),
    ],
)
def test_an_application_comes_before_the_close(at: datetime, code: str) -> None:
    assert outcome(at=at) == code


@given(st.datetimes(OPENS.replace(tzinfo=None), CLOSES.replace(tzinfo=None)))
def test_without_the_heads_agreement_no_moment_is_right(at: datetime) -> None:
    assert outcome(at=at.replace(tzinfo=OPENS.tzinfo), agreed=False) == "agreement_missing"


def test_only_a_draft_is_submitted_to_a_group_that_recruits() -> None:
    others = [status for status in rules.ApplicationStatus if status != "draft"]
    assert {outcome(status) for status in others} == {"not_draft"}
    assert outcome(group="cancelled") == "work_group_not_recruiting"


@pytest.mark.parametrize(("agreed_at", "fine"), [(NOW, True), (NOW - INSTANT, True), (NOW + INSTANT, False)])
def test_an_agreement_has_been_given(agreed_at: datetime, fine: bool) -> None:
    if fine:
        rules.check_agreement(agreed_at, now=NOW)
    else:
        with pytest.raises(Refused, match="agreed_in_future"):
            rules.check_agreement(agreed_at, now=NOW)


@pytest.mark.parametrize(
    ("status", "decision", "code"),
    [
        ("submitted", "accepted", None),
        ("waitlisted", "accepted", None),
        ("submitted", "waitlisted", None),
        ("waitlisted", "declined", None),
        ("waitlisted", "waitlisted", "already_waitlisted"),
        ("draft", "accepted", "not_undecided"),
        ("accepted", "declined", "not_undecided"),
        ("declined", "accepted", "not_undecided"),
        ("withdrawn", "accepted", "not_undecided"),
    ],
)
def test_what_is_decided(status: str, decision: str, code: str | None) -> None:
    if code is None:
        rules.decide(status, decision)
    else:
        with pytest.raises(Refused, match=code):
            rules.decide(status, decision)


@pytest.mark.parametrize("status", ["accepted", "declined", "withdrawn"])
def test_what_has_ended_is_not_withdrawn(status: str) -> None:
    with pytest.raises(Refused, match="not_open"):
        rules.withdraw(status)
