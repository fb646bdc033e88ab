"""The register: when it is open, whom it marks."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.enrolment.factories import MEETS

from hub_contracts.vocabulary import AttendanceMark
from hub_enrolment.domain.sessions import (
    REGISTER_OPEN,
    Mark,
    Place,
    check_marks,
    check_time,
    count_present,
    started_at,
)
from hub_kernel.refusals import Refused

HELD = MEETS.date()
INSTANT = timedelta(microseconds=1)
DAY = timedelta(days=1)
ADA, EMMY, SOFIA = uuid4(), uuid4(), uuid4()


def place(
    enrolment_id: UUID, *, enrolled_at: datetime = MEETS - DAY, withdrawn_at: datetime | None = None
) -> Place:
    return Place(enrolment_id=enrolment_id, urn="110623", enrolled_at=enrolled_at, withdrawn_at=withdrawn_at)


PLACES = {ADA: place(ADA), EMMY: place(EMMY)}


def mark(enrolment_id: UUID, word: str = "present", notified_at: datetime | None = None) -> Mark:
    return Mark(enrolment_id=enrolment_id, mark=word, notified_at=notified_at)


def refusal(*marks: Mark, places: dict[UUID, Place] = PLACES) -> Refused:
    with pytest.raises(Refused) as caught:
        check_marks(marks, places, began_at=MEETS)
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


def test_every_participant_with_a_place_is_marked_once() -> None:
    check_marks([mark(EMMY), mark(ADA, "absent")], PLACES, began_at=MEETS)


def test_a_mark_without_a_place_is_refused_with_the_pointer() -> None:
    refused = refusal(mark(ADA), mark(EMMY), mark(SOFIA))
    assert (refused.code, refused.pointer) == ("not_enrolled", "/marks/2/enrolment_id")


def test_a_second_mark_is_refused_with_the_pointer() -> None:
    refused = refusal(mark(ADA), mark(ADA, "late"), mark(EMMY))
    assert (refused.code, refused.pointer) == ("marked_twice", "/marks/1/enrolment_id")


def test_participants_without_a_mark_are_named() -> None:
    refused = refusal(mark(ADA))
    assert refused.code == "not_everyone_marked"
    assert str(EMMY) in refused.errors[0][1]


def test_notice_is_given_of_apologies_only() -> None:
    check_marks([mark(ADA, "apologies", MEETS - DAY), mark(EMMY)], PLACES, began_at=MEETS)
    refused = refusal(mark(ADA, "absent", MEETS - DAY), mark(EMMY))
    assert (refused.code, refused.pointer) == ("notice_without_apologies", "/marks/0/notified_at")


@pytest.mark.parametrize(
    ("enrolled_at", "withdrawn_at", "may", "must"),
    [
        (MEETS - DAY, None, True, True),
        (MEETS, None, True, True),
        (MEETS + INSTANT, None, True, False),  # came unannounced and was enrolled after
        (MEETS + DAY, None, False, False),
        (MEETS - 9 * DAY, MEETS - DAY, False, False),
        (MEETS - 9 * DAY, MEETS - INSTANT, False, False),
        (MEETS - 9 * DAY, MEETS, False, False),
        (MEETS - 9 * DAY, MEETS + INSTANT, True, True),  # left after the session had begun
        (MEETS - 9 * DAY, MEETS + DAY, True, True),
        (MEETS + INSTANT, MEETS + 2 * INSTANT, True, False),
    ],
)
def test_a_register_marks_who_held_a_place_at_the_start_of_the_session(
    enrolled_at: datetime, withdrawn_at: datetime | None, may: bool, must: bool
) -> None:
    places = PLACES | {SOFIA: place(SOFIA, enrolled_at=enrolled_at, withdrawn_at=withdrawn_at)}
    with_sofia, without = [mark(ADA), mark(EMMY), mark(SOFIA)], [mark(ADA), mark(EMMY)]
    if may:
        check_marks(with_sofia, places, began_at=MEETS)
    else:
        assert refusal(*with_sofia, places=places).code == "not_enrolled"
    if must:
        assert refusal(*without, places=places).code == "not_everyone_marked"
    else:
        check_marks(without, places, began_at=MEETS)


SHORT = st.timedeltas(-9 * DAY, 9 * DAY)


@given(SHORT, st.none() | SHORT)
def test_each_participant_who_is_expected_may_be_marked(
    given_in: timedelta, ends_in: timedelta | None
) -> None:
    ends = None if ends_in is None else MEETS + ends_in
    one = place(SOFIA, enrolled_at=MEETS + given_in, withdrawn_at=ends)
    assert one.is_active(MEETS) or not one.is_expected(MEETS)


def test_a_session_held_on_another_day_began_at_its_hour_in_england() -> None:
    assert started_at(MEETS, held_on=HELD) == MEETS
    winter = MEETS + 28 * DAY  # after the clocks have gone back
    assert started_at(MEETS, held_on=winter.date()) == winter + timedelta(hours=1)


@given(st.lists(st.sampled_from(AttendanceMark), max_size=20))
def test_present_are_those_in_the_room(words: list[str]) -> None:
    places = {id_: Place(enrolment_id=id_, urn=str(n % 4), enrolled_at=MEETS, withdrawn_at=None)
              for n, id_ in enumerate(uuid4() for _ in words)}  # fmt: skip
    marks = [mark(id_, word) for id_, word in zip(places, words, strict=True)]
    present_n, schools_n = count_present(marks, places)
    assert present_n == sum(word in {"present", "late", "left_early"} for word in words)
    assert (schools_n == 0) is (present_n == 0)
    assert schools_n <= min(present_n, 4)
