"""The same request several times at once: it takes effect once, the others are refused or change nothing."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from sqlalchemy.orm import Session
from tests.enrolment.factories import BY, NOW, enrol, events, group, teacher
from tests.enrolment.steps import apply, full, join, school_with, submit

from hub_enrolment.commands.pd_days import OpenPDDay, RegisterForPDDay
from hub_enrolment.handlers import pd_days
from hub_kernel.refusals import Refused
from hub_platform.database import Sessions

AT_ONCE = 4


def outcomes(database: Sessions, request: Callable[[Session], object]) -> Counter[object]:
    """Send a request four times at once, each in a transaction of its own."""
    ready = Barrier(AT_ONCE)

    def send(_number: int) -> object:
        ready.wait(timeout=10)
        try:
            with database.begin() as session:
                return "unchanged" if request(session) is False else "done"
        except Refused as refusal:
            return refusal.code

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return Counter(pool.map(send, range(AT_ONCE)))


def count(database: Sessions, type_: str) -> int:
    """How many events of a type were recorded."""
    with database() as session:
        return len(events(session, type_))


def test_a_place_is_given_once(database: Sessions) -> None:
    with database.begin() as session:
        (_, (ada,)), opened = school_with(session, 1), group(session).id
    found = outcomes(database, lambda session: enrol(session, opened, ada))
    assert found == {"done": 1, "already_enrolled": AT_ONCE - 1}
    assert count(database, "ParticipantEnrolled") == 1


def test_a_school_applies_once_and_submits_once(database: Sessions) -> None:
    with database.begin() as session:
        (urn, teachers), opened = school_with(session), group(session).id
        drafted = apply(session, group(session).id, urn, teachers).row.id
    found = outcomes(database, lambda session: apply(session, opened, urn, teachers))
    assert found == {"done": 1, "application_open": AT_ONCE - 1}
    found = outcomes(database, lambda session: submit(session, drafted))
    assert found == {"done": 1, "not_draft": AT_ONCE - 1}
    assert count(database, "ApplicationSubmitted") == 1


def test_a_teacher_joins_a_waiting_list_once(database: Sessions) -> None:
    with database.begin() as session:
        opened, (_, (ada,)) = full(session)[0].id, school_with(session, 1)
        before = len(events(session, "WaitingListJoined"))
    found = outcomes(database, lambda session: join(session, opened, ada))
    assert found == {"done": 1, "already_waiting": AT_ONCE - 1}
    assert count(database, "WaitingListJoined") == before + 1


def test_a_registration_for_a_pd_day_is_noted_once(database: Sessions) -> None:
    with database.begin() as session:
        ada = teacher(session, school_with(session, 0)[0])
        facts = dict.fromkeys(("title", "starts_at", "venue", "capacity", "registration_closes_at"))
        opens = OpenPDDay(kind="pd_day", theme="fluency", on=NOW.date(), **facts)
        day = pd_days.open_pd_day(session, opens, now=NOW.replace(year=2024), by=BY).id
    command = RegisterForPDDay(pd_day_id=day, teacher_id=ada)
    found = outcomes(
        database,
        lambda session: pd_days.register_for_pd_day(session, command, now=NOW.replace(year=2024), by=BY)[1],
    )
    assert found == {"done": 1, "unchanged": AT_ONCE - 1}
    assert count(database, "PDDayRegistered") == 1
