"""Merged records of one person count once."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from typing import Any

from tests.reporting import factories as make
from tests.reporting.conftest import NOW
from tests.reporting.factories import an_id, delivered

from hub_contracts import Event
from hub_contracts.enrolment import LeaderEnded, TeacherAnonymised, TeacherMerged
from hub_messaging.delivery import Delivery
from hub_platform.database import Sessions
from hub_reporting.commands import ReportQuery
from hub_reporting.config import Options
from hub_reporting.domain.reports import Report
from hub_reporting.queries.reports import run_report

Receive = Callable[[Iterable[Event | Delivery[Any]]], None]
YEAR: dict[str, Any] = {"starts_on": date(2025, 9, 1), "ends_on": date(2026, 8, 31)}


def merged(one: str, other: str) -> TeacherMerged:
    return TeacherMerged(from_id=an_id(one), into_id=an_id(other))


def report(sessions: Sessions, options: Options, name: str) -> Report:
    with sessions.begin() as session:
        return run_report(session, ReportQuery(name=name, **YEAR), options=options, now=NOW)


def test_leader_with_two_records_counts_once(sessions: Sessions, options: Options, receive: Receive) -> None:
    posts = [make.post("Ada", "110001"), make.post("Augusta", "110002", role="deputy")]
    receive([make.school("110001"), make.school("110002"), *posts])
    assert report(sessions, options, "leadership-spread").figures["leaders"] == 2
    receive([merged("Ada", "Augusta")])
    spread = report(sessions, options, "leadership-spread")
    assert spread.figures["leaders"] == 1
    assert [row["teacher_id"] for row in spread.rows] == [an_id("Augusta")]


def test_twice_merged_record_is_the_last_one(sessions: Sessions, options: Options, receive: Receive) -> None:
    receive([make.school("110001"), make.post("Ada", "110001"), make.post("Byron", "110001", role="deputy")])
    receive(
        [delivered(merged("Ada", "Augusta"), revision=2), delivered(merged("Augusta", "Byron"), revision=5)]
    )
    receive([delivered(merged("Ada", "Byron"), revision=3), delivered(merged("Ada", "Augusta"), revision=2)])
    assert report(sessions, options, "leadership-spread").figures["leaders"] == 1


def test_role_ends_after_a_merger_at_any_revision(
    sessions: Sessions, options: Options, receive: Receive
) -> None:
    post = make.post("Ada", "110001")
    ended = LeaderEnded(
        leader_role_id=post.leader_role_id,
        teacher_id=an_id("Augusta"),
        urn=post.urn,
        role=post.role,
        core_leadership=post.core_leadership,
        starts_on=post.starts_on,
        ended_on=post.starts_on,
    )
    receive(
        [make.school("110001"), delivered(post, revision=7), delivered(merged("Ada", "Augusta"), revision=8)]
    )
    receive([delivered(ended, revision=2)])
    assert report(sessions, options, "leadership-spread").figures["leaders"] == 0


def test_merged_people_count_once_on_a_group_and_among_leads(
    sessions: Sessions, options: Options, receive: Receive
) -> None:
    group = replace(make.group("Fractions"), lead_ids=[an_id("Ada"), an_id("Augusta")])
    places = [make.place("Fractions", name, "110001") for name in ("Emmy", "Amalie")]
    posts = [make.post("Augusta", "110001")]
    receive([make.school("110001"), group, *places, *posts])
    receive([merged("Ada", "Augusta"), merged("Emmy", "Amalie")])
    (row,) = report(sessions, options, "work-group-composition").rows
    assert row["teachers_n"] == 1
    (school,) = report(sessions, options, "work-group-lead-schools").rows
    assert school["leads_n"] == 1


def test_an_erasure_changes_no_figure(sessions: Sessions, options: Options, receive: Receive) -> None:
    receive([make.school("110001"), make.post("Ada", "110001")])
    receive([TeacherAnonymised(teacher_id=an_id("Ada"), anonymised_on=date(2025, 9, 20))])
    assert report(sessions, options, "leadership-spread").figures["leaders"] == 1
