"""The deadline of an offer counts from the e-mail about it, and never ends before it."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.enrolment.factories import DAY, INSTANT

from hub_enrolment.domain.waiting_list import (
    MESSAGE_MAY_ADD,
    Offer,
    accept,
    count_from,
    entry_concerned,
    offer_ends,
)
from hub_platform.bank_holidays import bank_holidays

OFFERED = datetime(2025, 9, 20, 9, 0, tzinfo=UTC)  # a Saturday
FIRST_END = datetime(2025, 9, 26, 23, 0, tzinfo=UTC)  # of an offer whose e-mail is sent on that Saturday
MONDAY = datetime(2025, 9, 22, 6, 30, tzinfo=UTC)  # 07:30 in England
MONDAYS_END = datetime(2025, 9, 29, 23, 0, tzinfo=UTC)
LATE = datetime(2025, 12, 1, tzinfo=UTC)  # the hub's time, where it does not matter
ENTRY = UUID("01990970-a000-77d3-aeea-cbe226e87555")


def offer(told_at: datetime | None = None, expires_at: datetime = FIRST_END) -> Offer:
    return Offer(OFFERED, told_at, expires_at)


def counted_from(before: Offer, sent_at: datetime, *, named_end: datetime | None, now: datetime) -> Offer:
    return count_from(before, sent_at, named_end=named_end, now=now, bank_holidays=bank_holidays())


@pytest.mark.parametrize(
    ("sent_at", "named_end", "ends"),
    [
        (OFFERED, None, FIRST_END),  # at once
        (MONDAY, None, MONDAYS_END),  # after the weekend
        (MONDAY, MONDAYS_END, MONDAYS_END),  # the e-mail says so
        (MONDAY, FIRST_END, FIRST_END),  # the e-mail names the first end, which is after it
        (MONDAY, FIRST_END - DAY, FIRST_END),  # an end becomes no earlier
        (MONDAY, MONDAY + INSTANT, FIRST_END),
        (MONDAY, MONDAY, MONDAYS_END),  # an end that is not after the sending counts as none
        (MONDAY, MONDAY - INSTANT, MONDAYS_END),
        (FIRST_END - INSTANT, None, datetime(2025, 10, 3, 23, 0, tzinfo=UTC)),
        (FIRST_END, None, datetime(2025, 10, 3, 23, 0, tzinfo=UTC)),
        (
            datetime(2025, 10, 24, 8, 0, tzinfo=UTC),
            None,
            datetime(2025, 11, 1, 0, 0, tzinfo=UTC),
        ),  # clocks go back
    ],
)
def test_five_working_days_count_from_the_sending_unless_the_e_mail_names_an_end(
    sent_at: datetime, named_end: datetime | None, ends: datetime
) -> None:
    assert counted_from(offer(), sent_at, named_end=named_end, now=LATE) == offer(sent_at, ends)


@pytest.mark.parametrize(
    ("said", "told_at"),
    [
        (OFFERED + INSTANT, OFFERED + INSTANT),
        (OFFERED, OFFERED),
        (OFFERED - INSTANT, OFFERED),  # no e-mail is older than the offer
        (datetime(1, 1, 1, tzinfo=UTC), OFFERED),
        (MONDAY, MONDAY),
        (MONDAY + INSTANT, MONDAY),  # nor of the future
        (datetime.max.replace(tzinfo=UTC), MONDAY),
    ],
)
def test_the_e_mail_was_sent_between_the_offer_and_now(said: datetime, told_at: datetime) -> None:
    assert counted_from(offer(), said, named_end=None, now=MONDAY).told_at == told_at


@pytest.mark.parametrize(
    ("beyond", "capped"), [(-INSTANT, -INSTANT), (timedelta(0), timedelta(0)), (INSTANT, timedelta(0))]
)
def test_an_e_mail_cannot_name_any_end(beyond: timedelta, capped: timedelta) -> None:
    latest = MONDAYS_END + timedelta(days=14)
    counted = counted_from(offer(), MONDAY, named_end=latest + beyond, now=MONDAY)
    assert counted.expires_at == latest + capped


def test_an_end_that_no_calendar_holds_is_bounded() -> None:
    never = datetime.max.replace(tzinfo=UTC)
    assert (
        counted_from(offer(), MONDAY, named_end=never, now=MONDAY).expires_at == MONDAYS_END + MESSAGE_MAY_ADD
    )


INSTANTS = st.integers(-20 * 24, 60 * 24).map(lambda hours: OFFERED + timedelta(hours=hours))


@given(
    messages=st.lists(st.tuples(INSTANTS, st.none() | INSTANTS), min_size=1, max_size=4),
    now=st.integers(0, 60 * 24).map(lambda hours: OFFERED + timedelta(hours=hours)),
    data=st.data(),
)
def test_an_offer_never_ends_before_the_sending_and_any_order_gives_the_same_end(
    messages: list[tuple[datetime, datetime | None]], now: datetime, data: st.DataObject
) -> None:
    def after(listed: list[tuple[datetime, datetime | None]]) -> Offer:
        counted = offer()
        for sent_at, named_end in listed:
            before, counted = counted, counted_from(counted, sent_at, named_end=named_end, now=now)
            assert counted.told_at is not None
            assert OFFERED <= counted.told_at <= now
            assert counted.told_at < counted.expires_at
            assert before.expires_at <= counted.expires_at
            assert counted.expires_at <= max(FIRST_END, offer_ends(now, bank_holidays()) + MESSAGE_MAY_ADD)
        return counted

    counted = after(messages)
    assert all(min(sent_at, now) < counted.expires_at for sent_at, _ in messages)
    assert after(data.draw(st.permutations(messages + messages[:1]))) == counted


@pytest.mark.parametrize("at", [FIRST_END - INSTANT, FIRST_END, FIRST_END + 100 * DAY])
def test_an_offer_without_an_e_mail_can_be_accepted_at_any_time(at: datetime) -> None:
    accept("offered", FIRST_END, told_at=None, at=at)


@pytest.mark.parametrize(
    ("concerns", "entry_id"),
    [
        (f"waiting-list/{ENTRY}", ENTRY),
        (None, None),
        ("", None),
        (str(ENTRY), None),
        (f"work-groups/{ENTRY}", None),
        (f"waiting-list/{ENTRY}/more", None),
        (f"waiting-list/waiting-list/{ENTRY}", None),
        (f"waiting-list/{ENTRY.hex}", None),
        ("waiting-list/", None),
        (f"waiting-list/{{{ENTRY}}}", None),
    ],
)
def test_a_message_names_the_entry_by_the_subject_of_its_events(
    concerns: str | None, entry_id: UUID | None
) -> None:
    assert entry_concerned(concerns) == entry_id
