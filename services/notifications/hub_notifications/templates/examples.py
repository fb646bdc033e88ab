"""Invented data: one example of each kind of message, and variants for the conditions in the templates."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final, TypedDict
from uuid import UUID

from hub_kernel.england import ENGLAND
from hub_notifications.domain.kinds import Kind
from hub_notifications.templates.content import (
    ApplicationDeclined,
    ApplicationWaitlisted,
    CalendarEntry,
    Cancelled,
    Content,
    HubDetails,
    Meeting,
    Moved,
    OfferLastDay,
    ParticipantCompleted,
    PDDayCancelled,
    PDDayConfirmed,
    PlaceConfirmed,
    PlaceEnded,
    PlaceOffered,
    PlaceOfferExpired,
    SessionCancelled,
    SessionReminder,
    SessionRescheduled,
    SessionsChanged,
    SessionScheduled,
    VisitCancelled,
    VisitPlanned,
    WorkGroupCancelled,
)
from hub_notifications.templates.hand_over_content import LedSchool, LedVisit, SchoolsHandedOver

HUB: Final = HubDetails(
    name="Example Maths Hub",
    contact_name="Hub office",
    contact_email="office@example.org",
    contact_telephone="01632 960123",
    privacy_notice="https://example.org/privacy",
)
BARE_HUB: Final = HubDetails(name="Example Maths Hub")
LINK: Final = "https://meet.example.org/fractions-5"


def session(
    seq: int, on: date, *, mode: str = "school_hosted", place: str | None = "Fenbrook Village College"
) -> Meeting:
    """Invent a session from 16:00 to 18:00; one that is online has a joining link."""
    starts_at = datetime(on.year, on.month, on.day, 16, 0, tzinfo=ENGLAND)
    return Meeting(
        session_id=UUID(int=seq),
        seq=seq,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=2),
        mode=mode,
        place=None if mode == "online" else place,
        joining_link=LINK if mode == "online" else None,
    )


FIRST: Final = session(1, date(2026, 10, 6))
SECOND: Final = session(2, date(2026, 11, 17), mode="online")
THIRD: Final = session(3, date(2027, 1, 19), mode="in_person", place="Mill Lane Centre, Room 4")
EIGHT: Final = tuple(session(n + 1, date(2026, 10, 6) + timedelta(weeks=3 * n)) for n in range(8))
MOVED: Final = Moved(before=FIRST, now=session(1, date(2026, 10, 13)))
NOW_ONLINE: Final = Moved(before=FIRST, now=replace(FIRST, mode="online", place=None, joining_link=LINK))
NEW_PLACE: Final = Moved(before=THIRD, now=replace(THIRD, place="Town Library"))
NEW_LINK: Final = Moved(before=SECOND, now=replace(SECOND, joining_link=f"{LINK}-b"))
CANCELLED: Final = Cancelled(meeting=THIRD, reason="venue_unavailable")


class _Group(TypedDict):
    hub: HubDetails
    given: str
    group_title: str


class _Offer(_Group):
    last_day: date


class _PDDay(TypedDict):
    hub: HubDetails
    given: str
    day_kind: str
    title: str
    on: date
    starts_at: datetime | None
    venue: str | None


class _Visit(TypedDict):
    hub: HubDetails
    given: str
    school_name: str
    urn: str
    planned_at: datetime
    visit_kind: str


class _Bare(TypedDict):
    hub: HubDetails
    given: str


GROUP: Final[_Group] = {"hub": HUB, "given": "Ada", "group_title": "Fractions in Year 5"}
OFFER: Final[_Offer] = {**GROUP, "last_day": date(2026, 9, 14)}
PD_DAY: Final[_PDDay] = {
    "hub": HUB,
    "given": "Ada",
    "day_kind": "pd_day",
    "title": "Talk in mathematics lessons",
    "on": date(2026, 11, 27),
    "starts_at": datetime(2026, 11, 27, 9, 30, tzinfo=ENGLAND),
    "venue": "Mill Lane Centre",
}
VISIT: Final[_Visit] = {
    "hub": HUB,
    "given": "Grace",
    "school_name": "Mill Lane Primary School",
    "urn": "980001",
    "planned_at": datetime(2026, 11, 20, 9, 30, tzinfo=ENGLAND),
    "visit_kind": "support",
}
ENTRY: Final = CalendarEntry(
    hub=HUB,
    given="Ada",
    summary="Fractions in Year 5, session 3",
    starts_at=THIRD.starts_at,
    removed=False,
)

BARE: Final[_Bare] = {"hub": HUB, "given": "Grace"}
MILL_LANE: Final = LedSchool(name="Mill Lane Primary School", urn="980001", day=date(2026, 11, 16))
TOWN: Final = LedSchool(name="Town Primary School", urn="980002", day=date(2026, 11, 16))
A_VISIT: Final = LedVisit(
    school_name="Mill Lane Primary School",
    planned_at=datetime(2026, 11, 20, 9, 30, tzinfo=ENGLAND),
    visit_kind="support",
)
NEXT_VISIT: Final = replace(A_VISIT, planned_at=datetime(2027, 1, 14, 13, 0, tzinfo=ENGLAND))

EXAMPLES: Final[dict[Kind, Content]] = {
    each.kind: each
    for each in (
        PlaceConfirmed(entries=3, sessions=(FIRST, SECOND, THIRD), **GROUP),
        PlaceEnded(entries=2, cancelled=(Cancelled(meeting=SECOND), Cancelled(meeting=THIRD)), **GROUP),
        ParticipantCompleted(**GROUP),
        SessionScheduled(entries=1, added=(FIRST,), **GROUP),
        SessionRescheduled(entries=1, moved=(MOVED,), **GROUP),
        SessionCancelled(entries=1, cancelled=(CANCELLED,), **GROUP),
        SessionsChanged(
            entries=4, added=(EIGHT[3],), moved=(MOVED, NEW_LINK), cancelled=(CANCELLED,), **GROUP
        ),
        SessionReminder(session=SECOND, **GROUP),
        WorkGroupCancelled(
            reason="funding",
            entries=3,
            held_place=True,
            cancelled=tuple(Cancelled(meeting=each, reason="work_group_cancelled") for each in EIGHT[1:4]),
            **GROUP,
        ),
        ApplicationWaitlisted(**GROUP),
        ApplicationDeclined(**GROUP),
        PlaceOffered(**OFFER),
        OfferLastDay(**OFFER),
        PlaceOfferExpired(**OFFER),
        PDDayConfirmed(entries=1, **PD_DAY),
        PDDayCancelled(entries=1, reason="speaker_unavailable", **PD_DAY),
        VisitPlanned(entries=1, **VISIT),
        VisitCancelled(entries=1, reason="school_request", **VISIT),
        SchoolsHandedOver(entries=2, taken_over=(MILL_LANE,), gained=(A_VISIT, NEXT_VISIT), **BARE),
        ENTRY,
    )
}

VARIANTS: Final[dict[str, Content]] = {
    "place_confirmed: eight sessions": PlaceConfirmed(entries=8, sessions=EIGHT, **GROUP),
    "place_confirmed: one session": PlaceConfirmed(entries=1, sessions=(FIRST,), **GROUP),
    "place_confirmed: no dates, no contact": PlaceConfirmed(sessions=(), **GROUP | {"hub": BARE_HUB}),
    "place_confirmed: after a transfer": PlaceConfirmed(
        entries=1, sessions=(FIRST,), moved_from="Number in Year 4", **GROUP
    ),
    "place_ended: no session to come": PlaceEnded(cancelled=(), **GROUP),
    "session_scheduled: eight sessions": SessionScheduled(entries=8, added=EIGHT, **GROUP),
    "session_scheduled: no place yet": SessionScheduled(
        entries=1, added=(replace(THIRD, place=None),), **GROUP
    ),
    "session_rescheduled: online now": SessionRescheduled(entries=1, moved=(NOW_ONLINE,), **GROUP),
    "session_rescheduled: another place": SessionRescheduled(entries=1, moved=(NEW_PLACE,), **GROUP),
    "session_rescheduled: a new joining link": SessionRescheduled(entries=1, moved=(NEW_LINK,), **GROUP),
    "session_rescheduled: two sessions": SessionRescheduled(entries=2, moved=(MOVED, NEW_PLACE), **GROUP),
    "session_cancelled: never in the calendar": SessionCancelled(cancelled=(CANCELLED,), **GROUP),
    "session_cancelled: two sessions": SessionCancelled(
        entries=2, cancelled=(Cancelled(meeting=FIRST, reason="other"), CANCELLED), **GROUP
    ),
    "sessions_changed: one added, one cancelled": SessionsChanged(
        entries=1, added=(FIRST,), cancelled=(CANCELLED,), **GROUP
    ),
    "work_group_cancelled: on the waiting list": WorkGroupCancelled(
        reason="too_few_teachers", held_place=False, **GROUP
    ),
    "work_group_cancelled: no session to come": WorkGroupCancelled(reason="other", held_place=True, **GROUP),
    "place_offered: telephone only": PlaceOffered(
        **OFFER | {"hub": replace(BARE_HUB, contact_telephone="01632 960123")}
    ),
    "place_offered: a privacy sentence": PlaceOffered(
        **OFFER
        | {"hub": replace(HUB, privacy_notice="We keep your name and address only while you work with us.")}
    ),
    "pd_day_confirmed: conference without a time": PDDayConfirmed(
        entries=1, **PD_DAY | {"day_kind": "conference", "starts_at": None, "venue": None}
    ),
    "schools_handed_over: given up": SchoolsHandedOver(
        entries=1, given_up=(MILL_LANE,), lost=(A_VISIT,), **BARE
    ),
    "schools_handed_over: no visits planned": SchoolsHandedOver(taken_over=(MILL_LANE,), **BARE),
    "schools_handed_over: both ways": SchoolsHandedOver(
        entries=3,
        taken_over=(MILL_LANE, TOWN),
        gained=(A_VISIT,),
        given_up=(replace(MILL_LANE, name="Fen Primary School", urn="980003"),),
        lost=(A_VISIT, NEXT_VISIT),
        **BARE,
    ),
    "calendar_entry: removed": replace(ENTRY, removed=True),
}
