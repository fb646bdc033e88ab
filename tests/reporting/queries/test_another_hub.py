"""Events of another hub with the same ids change no figure of this one."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from tests.reporting import factories as make
from tests.reporting.conftest import NOW, Receive
from tests.reporting.factories import an_id, delivered, in_order
from tests.reporting.history import history
from tests.reporting.looking import page_of
from tests.reporting.small_hub import small_hub

from hub_contracts import Event
from hub_contracts.enrolment import SchoolClosed, TeacherMerged
from hub_contracts.notifications import MessageFailed
from hub_kernel.academic_years import AcademicYear
from hub_messaging.delivery import Delivery
from hub_platform.database import Sessions
from hub_reporting.commands import ReportQuery
from hub_reporting.config import Options
from hub_reporting.domain.periods import Period
from hub_reporting.queries.freshness import freshness
from hub_reporting.queries.reports import REPORTS, run_report
from hub_reporting.store import people, schools, sources, visits

OTHER = "norfolk"
FIRST, LAST = date(2025, 9, 1), date(2026, 8, 31)
AS_AT = date(2026, 11, 23)


def failed(number: int) -> MessageFailed:
    return MessageFailed(
        message_id=an_id(f"message {number}"),
        template="visit_planned",
        recipient_ref="a teacher",
        dedupe_key=f"visit:{number}",
        reason="mailbox_unavailable",
        attempts=5,
    )


def of_the_other_hub() -> list[Event]:
    """Return the events of this hub, with more years, days, closures and mergers for the other hub."""
    assignment = replace(make.assignment("110002"), starts_on=date(2019, 9, 2))
    return [
        *small_hub(),
        *history(),
        make.group("Elsewhere", academic_year="2018/19"),
        replace(assignment, assignment_id=an_id("elsewhere")),
        make.register("Elsewhere", 9, date(2026, 11, 20), [("Tom", "110001", "present")]),
        make.visit("110001", "2025-2", date(2026, 11, 21)),
        make.place("Elsewhere", "Grace", "110001", date(2026, 11, 22)),
        make.connected("110002", date(2026, 11, 19)),
        SchoolClosed(urn="110001", close_date=date(2025, 10, 1), successor_urn="110002"),
        TeacherMerged(from_id=an_id("Ada"), into_id=an_id("Emmy")),
        failed(2),
        failed(3),
    ]


def elsewhere() -> list[Delivery[Any]]:
    """Return the other hub's deliveries, with higher revisions than those of this hub."""
    return [
        delivered(one.event, one.envelope.revision + 100, hub=OTHER, at=datetime(2026, 11, 22, tzinfo=UTC))
        for one in in_order(of_the_other_hub())
    ]


@pytest.fixture(name="both_receive")
def _both_receive(sessions: Sessions, receive: Receive) -> Any:
    """Receive this hub's events, and return a function that receives the other hub's."""
    receive([*small_hub(), failed(1)])
    return lambda: receive(elsewhere())


@pytest.mark.parametrize("name", sorted(REPORTS))
def test_a_report_is_of_one_hub(sessions: Sessions, options: Options, both_receive: Any, name: str) -> None:
    def told() -> tuple[Any, ...]:
        with sessions.begin() as session:
            report = run_report(
                session, ReportQuery(name=name, starts_on=FIRST, ends_on=LAST), options=options, now=NOW
            )
        return report.n, report.of, report.figures, report.rows

    before = told()
    both_receive()
    assert told() == before


def test_dashboard_is_of_one_hub_except_its_freshness(
    sessions: Sessions, options: Options, both_receive: Any
) -> None:
    def words() -> list[str]:
        page = page_of(sessions, options, year="2025/26")
        fresh = {one.text for one in page.of_class("fresh")}
        return [
            one.text
            for one in page.every("h1", "h2", "td", "th", "li", "option", "p")
            if one.text not in fresh
        ]

    before = words()
    assert "1 message of the whole hub could not be sent" in " ".join(before)
    both_receive()
    assert words() == before


def test_events_of_another_hub_make_these_figures_no_fresher(
    sessions: Sessions, options: Options, both_receive: Any
) -> None:
    def known(hub: str) -> tuple[Any, ...]:
        with sessions.begin() as session:
            found = freshness(session, hub)
            return found.up_to, found.projected_at

    before = known(options.hub_id)
    both_receive()
    assert known(options.hub_id) == before
    assert known(OTHER)[0] == datetime(2026, 11, 22, tzinfo=UTC)
    assert known("nowhere") == (None, None)


def test_years_days_and_failures_are_those_of_one_hub(
    sessions: Sessions, options: Options, both_receive: Any
) -> None:
    def told() -> tuple[Any, ...]:
        with sessions.begin() as session:
            return (
                sources.years(session, options.hub_id),
                sources.last_day(session, options.hub_id, AS_AT),
                sources.messages_failed(session, options.hub_id),
            )

    before = told()
    both_receive()
    assert told() == before
    years, last_day, messages_failed = before
    assert [str(year) for year in years] == ["2025/26", "2024/25"]
    assert (last_day, len(messages_failed)) == (date(2026, 7, 1), 1)
    with sessions.begin() as session:
        assert AcademicYear(2018) in sources.years(session, OTHER)
        assert AcademicYear(2019) in sources.years(session, OTHER)
        assert sources.last_day(session, OTHER, AS_AT) == date(2026, 11, 22)
        assert len(sources.messages_failed(session, OTHER)) == 2


def test_people_and_schools_are_those_of_one_hub(
    sessions: Sessions, options: Options, both_receive: Any
) -> None:
    period = Period(starts_on=FIRST, ends_on=LAST, as_at=AS_AT)

    def told() -> tuple[Any, ...]:
        hub = options.hub_id
        with sessions.begin() as session:
            return (
                people.mergers(session, hub),
                sorted(schools.posts(session, hub)),
                schools.homes(session, hub, [an_id("Ada"), an_id("Emmy"), an_id("Tom")]),
                sorted(schools.connections(session, hub, AS_AT)),
                schools.register(session, hub, AS_AT).schools,
                sorted(visits.assignments(session, hub, period), key=str),
            )

    before = told()
    both_receive()
    assert told() == before
