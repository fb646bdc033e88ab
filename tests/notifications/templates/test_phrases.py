"""Codes, dates and changes in words, complete for every vocabulary that a message can meet."""

from dataclasses import replace
from datetime import date, timedelta
from enum import StrEnum

import pytest

from hub_contracts import vocabulary
from hub_notifications.templates import phrases
from hub_notifications.templates.content import Meeting, Moved
from hub_notifications.templates.examples import FIRST, LINK, SECOND


@pytest.mark.parametrize(
    ("words", "codes"),
    [
        (phrases.SESSION_REASONS, vocabulary.SessionCancellationReason),
        (phrases.WORK_GROUP_REASONS, vocabulary.WorkGroupCancellationReason),
        (phrases.PD_DAY_REASONS, vocabulary.PDDayCancellationReason),
        (phrases.VISIT_REASONS, vocabulary.VisitCancellationReason),
        (phrases.MODES, vocabulary.MeetingMode),
        (phrases.VISIT_KINDS, vocabulary.VisitKind),
        (phrases.PD_DAY_KINDS, vocabulary.PDDayKind),
    ],
)
def test_every_code_has_words(words: dict[str, str], codes: type[StrEnum]) -> None:
    assert set(words) == set(codes)
    assert not any("_" in phrase for phrase in words.values())


@pytest.mark.parametrize("about", phrases.REASONS)
def test_a_reason_is_a_sentence(about: str) -> None:
    for code in phrases.REASONS[about]:
        sentence = phrases.reason(code, about)
        assert sentence[0].isupper()
        assert sentence.endswith(".")


def test_a_reason_of_a_later_release_does_not_stop_a_cancellation() -> None:
    assert phrases.reason("flood", "visit") == phrases.ASK
    assert phrases.reason(None, "session") == ""


def test_days_and_times_have_the_format_of_schools() -> None:
    assert phrases.day(date(2026, 10, 6)) == "Tuesday 6 October 2026"
    assert phrases.short_day(date(2027, 5, 31)) == "Monday 31 May"
    assert phrases.when(FIRST) == "Tuesday 6 October 2026, 16:00 to 18:00"
    over_midnight = replace(FIRST, ends_at=FIRST.ends_at + timedelta(hours=7))
    assert phrases.when(over_midnight) == "Tuesday 6 October 2026, 16:00 to Wednesday 7 October 2026, 01:00"


@pytest.mark.parametrize(
    ("mode", "place", "words"),
    [
        ("in_person", "Mill Lane Centre", "at Mill Lane Centre"),
        ("in_person", None, "in person"),
        ("school_hosted", "Fenbrook Village College", "at Fenbrook Village College"),
        ("school_hosted", None, "at a school"),
        ("online", None, "online"),
        ("online", "Teams", "online, Teams"),
    ],
)
def test_a_place_is_named_if_it_is_known(mode: str, place: str | None, words: str) -> None:
    assert phrases.where(replace(FIRST, mode=mode, place=place)) == words


def test_an_unknown_mode_stops_the_message() -> None:
    with pytest.raises(KeyError):
        phrases.where(replace(FIRST, mode="on_the_moon"))


@pytest.mark.parametrize(
    ("before", "now", "change"),
    [
        (FIRST, replace(FIRST, starts_at=FIRST.starts_at + timedelta(minutes=1)), "time"),
        (FIRST, replace(FIRST, ends_at=FIRST.ends_at + timedelta(minutes=1), place="Elsewhere"), "time"),
        (FIRST, replace(FIRST, mode="online", place=None), "mode"),
        (FIRST, replace(FIRST, place="Elsewhere"), "place"),
        (SECOND, replace(SECOND, mode="in_person", place="Elsewhere"), "place"),
        (SECOND, replace(SECOND, joining_link=f"{LINK}-b"), "link"),
    ],
)
def test_a_change_is_named_by_what_matters_most(before: Meeting, now: Meeting, change: str) -> None:
    assert phrases.change(Moved(before=before, now=now)) == change
