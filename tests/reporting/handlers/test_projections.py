"""Projections give the same reports for any order, repetition and batching of the same events."""

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.reporting import factories as make
from tests.reporting.conftest import CONTEXT, NOW
from tests.reporting.factories import delivered
from tests.reporting.history import history
from tests.support.databases import Databases

from hub_contracts import EVENTS
from hub_messaging.delivery import Delivery
from hub_messaging.retries import Permanent
from hub_platform.database import Sessions
from hub_reporting.commands import ReportQuery
from hub_reporting.config import Options
from hub_reporting.handlers import projections
from hub_reporting.models import Base, Message, School, Source
from hub_reporting.queries.freshness import freshness
from hub_reporting.queries.reports import REPORTS, run_report

HISTORY = make.in_order(history())


def project(sessions: Sessions, deliveries: Sequence[Delivery[Any]], sizes: Sequence[int] = (200,)) -> None:
    """Project deliveries in batches of these sizes, repeated in turn."""
    rest, turn = list(deliveries), 0
    while rest:
        size = sizes[turn % len(sizes)]
        with sessions.begin() as session:
            projections.project(session, rest[:size], CONTEXT)
        rest, turn = rest[size:], turn + 1


def answers(sessions: Sessions, options: Options) -> dict[str, Any]:
    """Return every report and the freshness."""
    with sessions.begin() as session:
        reports = {
            name: run_report(session, ReportQuery(name=name), options=options, now=NOW) for name in REPORTS
        }
        return {
            name: (report.n, report.of, report.figures, report.rows) for name, report in reports.items()
        } | {"up_to": freshness(session, "cambridge").up_to}


@pytest.fixture(name="expected")
def _expected(sessions: Sessions, options: Options) -> dict[str, Any]:
    project(sessions, HISTORY)
    return answers(sessions, options)


@pytest.fixture(name="forget")
def _forget(databases: Databases, migrations: Path) -> Callable[[], None]:
    """Empty every table during a test."""
    return databases.of(migrations).empty


def test_history_contains_corrections_of_every_kind(expected: dict[str, Any]) -> None:
    """The next test means little unless the corrections in the history take effect."""
    assert expected["engagement"][:2] == (2, 3)
    assert expected["connected-schools"][0] == 1
    assert expected["leadership-spread"][0] == 0, "Ada's role has ended"
    group, algebra, ratio = expected["work-group-composition"][3]
    assert (algebra["state"], ratio["state"]) == ("finished", "cancelled")
    assert (group["title"], group["teachers_n"], group["attendance_percent"]) == ("Fractions again", 2, 50.0)
    assert (group["sessions_n"], group["held_n"]) == (1, 1), "the second session was cancelled"
    assert expected["engagement"][2]["attended_by_kind"]["conference"] == 1
    assert expected["engagement"][2]["completed"]["n"] == 2, (
        "Tess by the hub's decision, Emmy by her sessions"
    )
    assert expected["attendance"][:2] == (1, 3)
    assert expected["task-completion"][:2] == (1, 2), "Ada discussed it, Emmy's report was withdrawn"
    assert expected["intensive-support-coverage"][0] == 2
    assert expected["visit-compliance"][2]["excused"] == 1
    assert len(expected["visit-compliance"][3]) == 3 + 12


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    repeats=st.lists(st.sampled_from(HISTORY)),
    sizes=st.lists(st.integers(1, 50), min_size=1, max_size=4),
    seed=st.integers(0, 2**32),
)
def test_order_repeats_and_batches_do_not_change_reports(
    sessions: Sessions,
    forget: Callable[[], None],
    options: Options,
    expected: dict[str, Any],
    repeats: list[Delivery[Any]],
    sizes: list[int],
    seed: int,
) -> None:
    deliveries = [*HISTORY, *repeats]
    random.Random(seed).shuffle(deliveries)
    forget()
    project(sessions, deliveries, sizes)
    assert answers(sessions, options) == expected


def test_every_event_has_a_projection() -> None:
    assert {event.type for event in projections.PROJECTIONS} == set(EVENTS)


def test_events_of_another_hub_do_not_change_reports(
    sessions: Sessions, options: Options, expected: dict[str, Any]
) -> None:
    elsewhere = [
        delivered(d.event, d.envelope.revision, hub="norfolk") for d in HISTORY if d.envelope.revision == 1
    ]
    project(sessions, elsewhere)
    assert answers(sessions, options) == expected
    with sessions.begin() as session:
        report = run_report(
            session,
            ReportQuery(name="connected-schools"),
            options=replace(options, hub_id="norfolk"),
            now=NOW,
        )
    assert report.n == 0, "its schools were imported, none was connected at revision 1"


@pytest.mark.parametrize(
    "at",
    [
        datetime(2999, 1, 1, tzinfo=UTC),
        datetime(9999, 12, 31, 23, 59, tzinfo=UTC),
        datetime(1, 1, 1, tzinfo=UTC),
        NOW + timedelta(hours=1),
    ],
)
def test_event_with_a_wrong_time_is_counted_and_freshness_stays_plausible(
    sessions: Sessions, at: datetime
) -> None:
    project(sessions, [delivered(make.school("110001"), at=make.NOON)])
    project(sessions, [delivered(make.school("110002"), at=at)])
    with sessions.begin() as session:
        found = freshness(session, "cambridge")
        assert session.get(School, ("cambridge", "110002")) is not None
    assert found.events == 2
    assert found.up_to is not None
    assert make.NOON <= found.up_to <= NOW + projections.CLOCK_SKEW


def test_implausible_freshness_is_corrected_by_the_next_batch(sessions: Sessions) -> None:
    project(sessions, [delivered(make.school("110001"))])
    with sessions.begin() as session:
        session.execute(sa.update(Source).values(up_to=datetime(2999, 1, 1, tzinfo=UTC)))
    project(sessions, [delivered(make.school("110002"))])
    with sessions.begin() as session:
        up_to = freshness(session, "cambridge").up_to
    assert up_to is not None
    assert up_to <= NOW + projections.CLOCK_SKEW


def test_events_are_counted_by_source(sessions: Sessions) -> None:
    at = make.NOON
    project(
        sessions, [delivered(make.school("110001"), at=at), delivered(make.visit("110001", "2025-1"), at=at)]
    )
    project(sessions, [delivered(make.school("110002"), at=at - timedelta(days=1))])
    with sessions.begin() as session:
        found = freshness(session, "cambridge")
        counted = {row.source: row.events for row in session.scalars(sa.select(Source))}
    assert counted == {"/hubs/cambridge/enrolment": 2, "/hubs/cambridge/visits": 1}
    assert (found.events, found.up_to, found.projected_at) == (3, at, NOW)
    assert (found.waiting, found.parked) == (0, 0)


def test_event_whose_source_names_no_hub_fails_permanently_and_writes_nothing(sessions: Sessions) -> None:
    stray = delivered(make.school("110001"))
    stray = replace(stray, envelope=stray.envelope._replace(source="urn:somewhere"))
    with pytest.raises(Permanent):
        project(sessions, [delivered(make.school("110002")), stray])
    with sessions.begin() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(School)) == 0


def test_message_sent_after_a_failure_counts_as_sent(sessions: Sessions, expected: dict[str, Any]) -> None:
    with sessions.begin() as session:
        assert session.scalars(sa.select(Message.status)).all() == ["sent"]


def test_no_table_has_a_column_for_personal_data(sessions: Sessions) -> None:
    forbidden = {"given", "family", "email", "trn", "recipient_ref", "note"}
    for table in Base.metadata.tables.values():
        assert not forbidden & set(table.columns.keys()), table.name
