"""The register: when it is open, whom it marks."""

from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.enrolment.factories import MEETS

from hub_enrolment.domain.refusals import Refused
from hub_enrolment.domain.sessions import (
    MARKS,
    REGISTER_OPEN,
    Mark,
    Place,
    check_marks,
    check_time,
    count_present,
)

HELD = MEETS.date()
INSTANT = timedelta(microseconds=1)
DAY = timedelta(days=1)
ADA, EMMY, SOFIA = uuid4(), uuid4(), uuid4()


def place(enrolment_id: UUID, *, enrolled_on: date = HELD - DAY, withdrawn_on: date | None = None) -> Place:
    return Place(enrolment_id=enrolment_id, urn="110623", enrolled_on=enrolled_on, withdrawn_on=withdrawn_on)


PLACES = {ADA: place(ADA), EMMY: place(EMMY)}


def mark(enrolment_id: UUID, word: str = "present", notified_at: datetime | None = None) -> Mark:
    return Mark(enrolment_id=enrolment_id, mark=word, notified_at=notified_at)


def refusal(*marks: Mark, places: dict[UUID, Place] = PLACES) -> Refused:
    with pytest.raises(Refused) as caught:
        check_marks(marks, places, held_on=HELD)
    return caught.value


@pytest.mark.parametrize(
    ("now", "code"),
    [
        (MEETS - INSTANT, "register_too_early"),
        (MEETS, None),
        (MEETS + REGISTER_OPEN - INSTANT, None),
        (MEETS + REGISTER_OPEN, "register_locked"),
    ],
)
def test_a_register_is_open_from_the_start_for_seven_days(now: datetime, code: str | None) -> None:
    def check() -> None:
        check_time("scheduled", starts_at=MEETS, held_on=HELD, now=now, today=now.date())

    if code is None:
        check()
    else:
        with pytest.raises(Refused, match=code):
            check()


def test_a_cancelled_session_has_no_register() -> None:
    with pytest.raises(Refused, match="session_cancelled"):
        check_time("cancelled", starts_at=MEETS, held_on=HELD, now=MEETS, today=HELD)


def test_a_session_was_not_held_tomorrow() -> None:
    with pytest.raises(Refused, match="held_in_future"):
        check_time("scheduled", starts_at=MEETS, held_on=HELD + DAY, now=MEETS, today=HELD)


def test_everybody_with_a_place_is_marked_once() -> None:
    check_marks([mark(EMMY), mark(ADA, "absent")], PLACES, held_on=HELD)


def test_somebody_not_enrolled_is_refused_with_the_pointer() -> None:
    refused = refusal(mark(ADA), mark(EMMY), mark(SOFIA))
    assert (refused.code, refused.pointer) == ("not_enrolled", "/marks/2/enrolment_id")


def test_a_second_mark_is_refused_with_the_pointer() -> None:
    refused = refusal(mark(ADA), mark(ADA, "late"), mark(EMMY))
    assert (refused.code, refused.pointer) == ("marked_twice", "/marks/1/enrolment_id")


def test_whoever_is_missing_is_named() -> None:
    refused = refusal(mark(ADA))
    assert refused.code == "not_everyone_marked"
    assert str(EMMY) in refused.errors[0][1]


def test_notice_is_given_of_apologies_only() -> None:
    check_marks([mark(ADA, "apologies", MEETS - DAY), mark(EMMY)], PLACES, held_on=HELD)
    refused = refusal(mark(ADA, "absent", MEETS - DAY), mark(EMMY))
    assert (refused.code, refused.pointer) == ("notice_without_apologies", "/marks/0/notified_at")


@pytest.mark.parametrize(
    ("enrolled_on", "withdrawn_on", "active"),
    [
        (HELD - DAY, None, True),
        (HELD, None, True),
        (HELD + DAY, None, False),
        (HELD - 9 * DAY, HELD - DAY, False),
        (HELD - 9 * DAY, HELD, False),
        (HELD - 9 * DAY, HELD + DAY, True),
    ],
)
def test_who_held_a_place_on_the_day(enrolled_on: date, withdrawn_on: date | None, active: bool) -> None:
    places = PLACES | {SOFIA: place(SOFIA, enrolled_on=enrolled_on, withdrawn_on=withdrawn_on)}
    with_sofia, without = [mark(ADA), mark(EMMY), mark(SOFIA)], [mark(ADA), mark(EMMY)]
    if active:
        check_marks(with_sofia, places, held_on=HELD)
        assert refusal(*without, places=places).code == "not_everyone_marked"
    else:
        check_marks(without, places, held_on=HELD)
        assert refusal(*with_sofia, places=places).code == "not_enrolled"


@given(st.lists(st.sampled_from(MARKS), max_size=20))
def test_present_are_those_in_the_room(words: list[str]) -> None:
    places = {id_: Place(enrolment_id=id_, urn=str(n % 4), enrolled_on=HELD, withdrawn_on=None)
              for n, id_ in enumerate(uuid4() for _ in words)}  # fmt: skip
    marks = [mark(id_, word) for id_, word in zip(places, words, strict=True)]
    present_n, schools_n = count_present(marks, places)
    assert present_n == sum(word in {"present", "late", "left_early"} for word in words)
    assert (schools_n == 0) is (present_n == 0)
    assert schools_n <= min(present_n, 4)
