"""Events that come shuffled and repeated: what is sent afterwards is the same."""

# Long: the histories of all subjects are written out.

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from tests.notifications.factories import (
    GROUP,
    group_opened,
    participant_enrolled,
    place_offered,
    react,
    school_imported,
    session_scheduled,
    visit_planned,
)
from tests.notifications.fakes import NOW, OutgoingMail

from hub_contracts.enrolment import (
    ApplicationDeclined,
    ApplicationWaitlisted,
    ParticipantWithdrawn,
    PDDayCancelled,
    PDDayRegistered,
    PDDayScheduled,
    PlaceOfferExpired,
    SessionCancelled,
    SessionRescheduled,
    WaitingListLeft,
    WorkGroupCancelled,
    WorkGroupChanged,
)
from hub_contracts.visits import VisitCancelled
from hub_contracts.vocabulary import (
    PDDayCancellationReason,
    PDDayKind,
    SessionCancellationReason,
    WaitingListExitCause,
    WithdrawalCause,
    WithdrawalReason,
    WorkGroupCancellationReason,
)
from hub_notifications.handlers import (
    applications,
    hub,
    pd_days,
    places,
    visits,
    waiting_list,
    work_groups,
)
from hub_notifications.models import Base
from hub_platform.database import Sessions

OTHER_GROUP = UUID(int=77)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Received:
    """An event with its place in the history of its subject."""

    handler: Callable[..., None]
    event: Any
    revision: int
    minutes: int  # after NOW, at which it happened


def history(subject: list[tuple[Callable[..., None], Any]], minutes: int) -> list[Received]:
    """The events of one subject, in order."""
    return [
        Received(handler, event, revision, minutes + revision)
        for revision, (handler, event) in enumerate(subject, start=1)
    ]


def ids(event: Any, *names: str) -> dict[str, Any]:
    return {name: getattr(event, name) for name in names}


ADA, EMMY = participant_enrolled(), participant_enrolled()
MOVES = participant_enrolled()
ARRIVES = participant_enrolled(
    work_group_id=OTHER_GROUP, teacher_id=MOVES.teacher_id, transferred_from=MOVES.enrolment_id
)
FIRST, SECOND = (
    session_scheduled(),
    session_scheduled(seq=2, starts_at=NOW + 50 * DAY, ends_at=NOW + 51 * DAY),
)
THERE = session_scheduled(work_group_id=OTHER_GROUP, mode="online", host_urn=None)
OFFER, LATE = place_offered(), place_offered()
VISIT = visit_planned()
PLACE = ("enrolment_id", "work_group_id", "teacher_id", "urn")
PD_DAY = PDDayScheduled(
    pd_day_id=UUID(int=5),
    kind=PDDayKind.PD_DAY,
    theme="mastery",
    on=date(2026, 11, 27),
    starts_at=datetime(2026, 11, 27, 9, 30, tzinfo=UTC),
    closes_at=datetime(2026, 11, 20, tzinfo=UTC),
)
DECISION: dict[str, Any] = {
    "application_id": UUID(int=6),
    "work_group_id": GROUP,
    "urn": "110623",
    "teachers_n": 1,
    "teacher_ids": [UUID(int=8)],
}


def withdrawn(event: Any, why: str | None = None) -> ParticipantWithdrawn:
    return ParticipantWithdrawn(
        **ids(event, *PLACE),
        reason=WithdrawalReason.OTHER,
        withdrawn_on=date(2026, 9, 7),
        cause=WithdrawalCause(why) if why else None,
    )


def moved(event: Any, **changes: Any) -> SessionRescheduled:
    return SessionRescheduled(**(asdict(event) | {"ics_sequence": 1} | changes))


SESSIONS, PLACES = work_groups.on_session_changed, places
HISTORIES = [
    history(
        [(hub.on_school_changed, school_imported(name="Old")), (hub.on_school_changed, school_imported())], 0
    ),
    history(
        [
            (work_groups.on_group_changed, group_opened()),
            (
                work_groups.on_group_changed,
                WorkGroupChanged(
                    **(asdict(group_opened()) | {"title": "Ratio", "changed_fields": ["title"]})
                ),
            ),
        ],
        0,
    ),
    history([(work_groups.on_group_changed, group_opened(work_group_id=OTHER_GROUP, title="Geometry"))], 0),
    history([(places.on_participant_enrolled, ADA)], 10),
    history([(places.on_participant_enrolled, EMMY), (places.on_place_ended, withdrawn(EMMY))], 10),
    history(
        [(places.on_participant_enrolled, MOVES), (places.on_place_ended, withdrawn(MOVES, "transferred"))],
        10,
    ),
    history([(places.on_participant_enrolled, ARRIVES)], 12),
    history([(SESSIONS, FIRST), (SESSIONS, moved(FIRST, starts_at=FIRST.starts_at + DAY))], 20),
    history(
        [
            (SESSIONS, SECOND),
            (SESSIONS, SessionCancelled(**asdict(SECOND), reason=SessionCancellationReason.WEATHER)),
        ],
        20,
    ),
    history([(SESSIONS, THERE)], 20),
    history([(waiting_list.on_waiting_list_changed, OFFER)], 30),
    history(
        [
            (waiting_list.on_waiting_list_changed, LATE),
            (waiting_list.on_waiting_list_changed, PlaceOfferExpired(**asdict(LATE))),
        ],
        30,
    ),
    history(
        [
            (applications.on_application_changed, ApplicationWaitlisted(**DECISION)),
            (applications.on_application_changed, ApplicationDeclined(**DECISION)),
        ],
        30,
    ),
    history(
        [
            (pd_days.on_pd_day_scheduled, PD_DAY),
            (
                pd_days.on_pd_day_registered,
                PDDayRegistered(
                    pd_day_id=PD_DAY.pd_day_id,
                    teacher_id=UUID(int=9),
                    urn="110623",
                    registered_on=date(2026, 9, 7),
                ),
            ),
        ],
        40,
    ),
    history([(visits.on_visit_planned, VISIT)], 50),
]
# The end of everything, in the order in which enrolment records it.
CANCELLATION = [
    Received(
        work_groups.on_group_cancelled,
        WorkGroupCancelled(
            work_group_id=GROUP, reason=WorkGroupCancellationReason.FUNDING, teachers_n=1, schools_n=1
        ),
        3,
        60,
    ),
    Received(SESSIONS, SessionCancelled(**asdict(FIRST), reason=SessionCancellationReason.WEATHER), 3, 60),
    Received(places.on_place_ended, withdrawn(ADA, "group_cancelled"), 2, 60),
    Received(
        waiting_list.on_waiting_list_changed,
        WaitingListLeft(
            **ids(OFFER, "waiting_id", "work_group_id", "teacher_id", "urn"),
            cause=WaitingListExitCause.GROUP_CANCELLED,
        ),
        2,
        60,
    ),
    Received(
        pd_days.on_pd_day_cancelled,
        PDDayCancelled(pd_day_id=PD_DAY.pd_day_id, reason=PDDayCancellationReason.WEATHER, teachers_n=1),
        3,
        60,
    ),
    Received(
        visits.on_visit_ended,
        VisitCancelled(visit_id=VISIT.visit_id, urn=VISIT.urn, reason="weather"),
        2,
        60,
    ),
]


def merged(data: st.DataObject, histories: list[list[Received]]) -> list[Received]:
    """The events shuffled across subjects, in order within each, and some of them repeated."""
    turns = data.draw(st.permutations([n for n, each in enumerate(histories) for _ in each]))
    following = [iter(each) for each in histories]
    found = [next(following[n]) for n in turns]
    for n in data.draw(st.lists(st.integers(0, len(found) - 1), max_size=5)):
        found.insert(data.draw(st.integers(n + 1, len(found))), found[n])
    return found


def sent_after(sessions: Sessions, order: list[Received]) -> list[tuple[str, str, str, str]]:
    """Return the e-mails sent after all events were received: address, subject, text and calendar part."""
    outgoing = OutgoingMail(sessions)
    with sessions.begin() as session:
        tables = ", ".join([*Base.metadata.tables, "outbox", "outbox_subjects"])
        session.execute(text(f"TRUNCATE {tables} CASCADE"))
        for each in order:
            happened_at = NOW + timedelta(minutes=each.minutes)
            react(each.handler, session, each.event, each.revision, happened_at=happened_at)
    outgoing.later(hours=2)
    outgoing.send_all()
    found = []
    for _, mail in outgoing.mailer.sent:
        plain = mail.get_body(("plain",))
        methods = [part.get_param("method") for part in mail.walk() if part.get_param("method")]
        assert plain is not None
        found.append((str(mail["To"]), str(mail["Subject"]), str(plain.get_content()), str(methods)))
    return sorted(found)


SHUFFLED = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=8, deadline=None
)


@SHUFFLED
@given(data=st.data())
def test_any_order_of_subjects_and_any_repeats_lead_to_the_same_messages(
    sessions: Sessions, data: st.DataObject
) -> None:
    expected = sent_after(sessions, [received for each in HISTORIES for received in each])
    assert len({address for address, *_ in expected}) == 8
    assert sent_after(sessions, merged(data, HISTORIES)) == expected


@SHUFFLED
@given(data=st.data())
def test_cancellation_in_any_order_causes_the_same_e_mails(sessions: Sessions, data: st.DataObject) -> None:
    ended = {
        id(each): [received for received in CANCELLATION if continues(each, received)] for each in HISTORIES
    }
    assert sum(map(len, ended.values())) == len(CANCELLATION)
    histories = [[*each, *ended[id(each)]] for each in HISTORIES]
    expected = sent_after(sessions, [received for each in histories for received in each])
    subjects = [subject for _, subject, *_ in expected]
    assert sum("Ratio is cancelled" in subject for subject in subjects) == 2  # Ada, and who had an offer
    assert sent_after(sessions, merged(data, histories)) == expected


def continues(subject: list[Received], received: Received) -> bool:
    """Whether an event is the next one about a subject."""
    last = subject[-1]
    return last.event.subject == received.event.subject and last.revision + 1 == received.revision
