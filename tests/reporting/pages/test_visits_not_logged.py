"""A half term that has ended, and whose visits can still be logged on time, on the dashboard."""

from datetime import UTC, datetime

import pytest
from tests.reporting import factories as make
from tests.reporting.conftest import Receive
from tests.reporting.looking import check_policy, check_structure, page_of, tile

from hub_platform.database import Sessions
from hub_reporting.config import Options
from hub_reporting.pages.words import percent

VISITED, OTHER = "110001", "110002"


@pytest.mark.parametrize(
    ("day", "in_words", "sub"),
    [
        (datetime(2025, 10, 24, 12, tzinfo=UTC), "nothing planned yet", "No half term has ended yet"),
        (
            datetime(2025, 10, 25, 12, tzinfo=UTC),
            "ended, not logged yet",
            (
                "1 of 1 visits and department meetings due in half terms that have ended took place,"
                f" {percent(100)}; 1 can still be logged on time"
            ),
        ),
        (
            datetime(2025, 11, 8, 12, tzinfo=UTC),  # the day after the tenth working day
            "missed",
            (
                "1 of 2 visits and department meetings due in half terms that have ended took place,"
                f" {percent(50)}"
            ),
        ),
    ],
)
def test_visit_is_missed_once_it_is_too_late_to_log_on_time(
    sessions: Sessions, receive: Receive, options: Options, day: datetime, in_words: str, sub: str
) -> None:
    for urn in (VISITED, OTHER):
        receive([make.school(urn), make.connected(urn), make.assignment(urn)])
    receive([make.visit(VISITED, "2025-1")])
    page = page_of(sessions, options, now=day)
    check_structure(page)
    check_policy(page)
    visits = page.one("visits")
    (row,) = [row for row in visits.every("tr") if row.text.startswith(f"School {OTHER}")]
    assert row.every("td")[0].text == in_words
    assert visits.of_class("sub")[0].text == sub


def test_tile_counts_visits_not_logged_yet(sessions: Sessions, receive: Receive, options: Options) -> None:
    for urn in (VISITED, OTHER):
        receive([make.school(urn), make.connected(urn), make.assignment(urn)])
    receive([make.visit(VISITED, "2025-1")])
    supported = tile(
        page_of(sessions, options, now=datetime(2025, 10, 25, 12, tzinfo=UTC)), "Supported schools"
    )
    assert supported.of_class("value")[0].text == "1 of 2"
    assert supported.of_class("of")[0].text.endswith(", 1 not logged yet")
