"""Calendar parts as calendars read them: one entry for one person, invited, moved and cancelled."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from tests.notifications.calendars import (
    ADA,
    HUB,
    NOW,
    SESSION,
    TEACHER,
    Seen,
    an_entry,
    lines_of,
    seen_by_ics,
    seen_by_vobject,
    the_day_after,
)

from hub_kernel.england import ENGLAND
from hub_notifications.domain.calendar_uids import own_uid
from hub_notifications.templates.calendar_entries import CalendarPart, Entry, cancel, request
from hub_notifications.templates.header_fields import Mailbox

READERS = [pytest.param(seen_by_vobject, id="vobject"), pytest.param(seen_by_ics, id="ics")]
Reader = Callable[[CalendarPart], Seen]


@pytest.mark.parametrize("read", READERS)
def test_invitation_has_summary_time_location_and_attendee(read: Reader) -> None:
    part = request(an_entry())
    assert part.method == "REQUEST"
    assert read(part) == Seen(
        method="REQUEST",
        uid=f"{SESSION}-{TEACHER}@wessex",
        summary="Fractions, Year 5, session 1",
        starts=datetime(2026, 10, 6, 15, 0, tzinfo=UTC),
        ends=datetime(2026, 10, 6, 17, 0, tzinfo=UTC),
        location="Fenbrook Village College",
        description="Join online: https://meet.example/abc?pwd=1,2;3",
        status="CONFIRMED",
        organizer=HUB,
        attendee=ADA,
    )


@pytest.mark.parametrize("read", READERS)
def test_a_cancellation_names_the_same_entry_and_is_marked_cancelled(read: Reader) -> None:
    invited, cancelled = request(an_entry()), cancel(an_entry(sequence=1))
    assert cancelled.method == "CANCEL"
    assert read(cancelled) == replace(read(invited), method="CANCEL", status="CANCELLED")


def test_an_entry_keeps_its_uid_and_raises_its_sequence_over_its_life() -> None:
    later = an_entry().starts_at
    assert later is not None
    life = [
        request(an_entry(sequence=0)),
        request(an_entry(sequence=1, starts_at=later + timedelta(days=7), ends_at=later + timedelta(days=8))),
        request(an_entry(sequence=2, location="Solent House")),
        cancel(an_entry(sequence=3)),
    ]
    found = [
        [line for line in lines_of(part) if line.startswith(("UID:", "SEQUENCE:", "METHOD:"))]
        for part in life
    ]
    uid = f"UID:{SESSION}-{TEACHER}@wessex"
    assert found == [
        ["METHOD:REQUEST", uid, "SEQUENCE:0"],
        ["METHOD:REQUEST", uid, "SEQUENCE:1"],
        ["METHOD:REQUEST", uid, "SEQUENCE:2"],
        ["METHOD:CANCEL", uid, "SEQUENCE:3"],
    ]


def test_a_part_holds_one_event_with_one_organizer_and_one_attendee_who_is_asked() -> None:
    for part in (request(an_entry()), cancel(an_entry())):
        lines = lines_of(part)
        names = [line.partition(":")[0].partition(";")[0] for line in lines]
        assert [lines.count(f"{edge}:VEVENT") for edge in ("BEGIN", "END")] == [1, 1]
        for once in ("UID", "SEQUENCE", "DTSTAMP", "ORGANIZER", "ATTENDEE", "SUMMARY", "STATUS"):
            assert names.count(once) == 1, once
    [asked] = [line for line in lines_of(request(an_entry())) if line.startswith("ATTENDEE")]
    assert "PARTSTAT=NEEDS-ACTION" in asked
    assert "RSVP=TRUE" in asked
    assert "RSVP" not in cancel(an_entry()).content.decode()


@pytest.mark.parametrize("read", READERS)
def test_two_people_on_one_office_mailbox_have_an_entry_each(read: Reader) -> None:
    emmy = own_uid(SESSION, UUID("01920000-0000-7000-8000-0000000000e2"), "wessex")
    first = read(request(an_entry()))
    second = read(request(an_entry(uid=emmy, attendee=Mailbox("Emmy Noether", ADA.address))))
    assert first.uid != second.uid
    assert first.attendee.address == second.attendee.address
    assert (first.attendee.name, second.attendee.name) == ("Ada Lovelace", "Emmy Noether")


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize(
    ("instant", "written"),
    [
        ("2026-10-23T15:00Z", "DTSTART;TZID=Europe/London:20261023T160000"),  # Friday, summer time
        ("2026-10-26T16:00Z", "DTSTART;TZID=Europe/London:20261026T160000"),  # Monday, the clocks went back
        ("2027-03-26T16:00Z", "DTSTART;TZID=Europe/London:20270326T160000"),
        ("2027-03-29T15:00Z", "DTSTART;TZID=Europe/London:20270329T160000"),  # Monday, they went forward
        ("2026-10-24T23:59Z", "DTSTART;TZID=Europe/London:20261025T005900"),  # around the changes themselves
        ("2026-10-25T00:59Z", "DTSTART;TZID=Europe/London:20261025T015900"),
        ("2026-10-25T01:00Z", "DTSTART:20261025T010000Z"),  # the hour that England's clocks repeat
        ("2026-10-25T01:59Z", "DTSTART:20261025T015900Z"),
        ("2026-10-25T02:00Z", "DTSTART;TZID=Europe/London:20261025T020000"),
        ("2027-03-28T00:59Z", "DTSTART;TZID=Europe/London:20270328T005900"),
        ("2027-03-28T01:00Z", "DTSTART;TZID=Europe/London:20270328T020000"),
    ],
)
def test_entry_starts_in_englands_time(read: Reader, instant: str, written: str) -> None:
    starts_at = datetime.fromisoformat(instant)
    part = request(an_entry(starts_at=starts_at, ends_at=starts_at + timedelta(hours=6)))
    assert written in lines_of(part)
    seen = read(part)
    assert (seen.starts, seen.ends) == (starts_at, starts_at + timedelta(hours=6))


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize(
    "day", [date(2027, 3, 28), date(2026, 10, 25), date(2026, 12, 31), date(2028, 2, 29)]
)
def test_a_pd_day_without_times_is_a_whole_day_and_needs_no_time_zone(read: Reader, day: date) -> None:
    part = request(an_entry(starts_at=None, ends_at=None, all_day=day, description=None))
    seen = read(part)
    assert (seen.starts, seen.ends) == (day, the_day_after(day))
    assert b"VTIMEZONE" not in part.content
    assert f"DTSTART;VALUE=DATE:{day:%Y%m%d}" in lines_of(part)


@pytest.mark.parametrize("read", READERS)
def test_a_visit_has_a_start_and_no_end(read: Reader) -> None:
    visit = an_entry(
        uid=own_uid(UUID("01920000-0000-7000-8000-0000000000f1"), TEACHER, "wessex"),
        summary="LedSchools visit: Fenbrook Village College",
        ends_at=None,
        description=None,
    )
    seen = read(request(visit))
    assert (seen.starts, seen.ends) == (datetime(2026, 10, 6, 15, 0, tzinfo=UTC), None)
    assert seen.description is None
    assert read(cancel(replace(visit, sequence=1))).uid == seen.uid


@pytest.mark.parametrize("year", range(2026, 2032))
def test_both_changes_of_the_clocks_are_read_as_englands(year: int) -> None:
    """Held against the tz database: each noon on which the offset is another than the day before."""
    noons = [datetime(year, 1, 1, 12, 0, tzinfo=ENGLAND) + timedelta(days=n) for n in range(365)]
    changes = [noon for noon in noons if noon.utcoffset() != (noon - timedelta(days=1)).utcoffset()]
    assert len(changes) == 2
    for noon in changes:
        for day in (noon - timedelta(days=1), noon):
            seen = seen_by_vobject(request(an_entry(starts_at=day, ends_at=day + timedelta(hours=1))))
            assert seen.starts == day.astimezone(UTC)


@pytest.mark.parametrize(
    "changed",
    [
        {"starts_at": None, "ends_at": None},
        {"all_day": date(2026, 10, 6)},
        {"all_day": date(2026, 10, 6), "starts_at": None},
        {"starts_at": NOW.replace(tzinfo=None)},
        {"ends_at": NOW.replace(tzinfo=None)},
        {"stamp": NOW.replace(tzinfo=None)},
    ],
)
def test_an_entry_without_a_clear_time_is_refused(changed: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="an entry"):
        an_entry(**changed)


def test_neither_addresses_nor_the_joining_link_are_shown_in_a_log() -> None:
    entry: Entry = an_entry()
    for text in (repr(entry), repr(request(entry)), str(entry)):
        assert "example" not in text.replace("wessex", "")


def test_people_of_one_session_share_everything_but_their_own_lines() -> None:
    parts = [
        request(
            an_entry(uid=f"{n}@wessex", sequence=n, attendee=Mailbox(f"N {n}", f"n{n}@x.example"), stamp=NOW)
        )
        for n in range(3)
    ]
    own = ("UID", "SEQUENCE", "ATTENDEE")
    shared = {"\n".join(line for line in lines_of(part) if not line.startswith(own)) for part in parts}
    assert len(shared) == 1
    assert [f"n{n}@x.example" in parts[n].content.decode() for n in range(3)] == [True] * 3
