"""Items that need attention: their texts, and links to exactly the rows that they count."""

from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.reporting import factories as make
from tests.reporting import group_work as happened
from tests.reporting.conftest import NOW, Receive
from tests.reporting.invented import Hub
from tests.reporting.looking import page_of
from tests.reporting.reading import Element
from tests.reporting.small_hub import small_hub

from hub_contracts import Event
from hub_contracts.enrolment import WorkGroupConfirmed
from hub_contracts.notifications import MessageFailed
from hub_messaging.tables import inbox
from hub_platform.database import Sessions
from hub_reporting.commands import FILTERS, ReportQuery
from hub_reporting.config import Options
from hub_reporting.pages.words import number
from hub_reporting.queries.reports import run_report

NOVEMBER = datetime(2025, 11, 18, 16, tzinfo=UTC)
SCOPES = ["", "hub", "la:873", "phase:secondary"]


def troubles() -> list[Event]:
    """Return events with one item of each kind in November 2025."""
    confirmed: Any = {"teachers_n": 3, "schools_n": 3, "overridden": True}
    return [
        make.school("110001", name="Mill Lane", trust_uid="17047", trust_name="Fen Trust"),
        make.school("110002", name="Fen End", status="closed", close_date=date(2025, 10, 1)),
        make.school("110003", name="Quiet School", phase="secondary"),
        make.school("110004", name="Elsewhere", la_code="874", la_name="Peterborough"),
        make.connected("110001"), make.connected("110003"), make.connected("110004"),
        make.group("Fractions", min_schools=1, min_teachers=3),
        WorkGroupConfirmed(work_group_id=make.an_id("Fractions"), **confirmed),
        make.group("Algebra"),
        make.place("Fractions", "Ada", "110002"),
        make.place("Fractions", "Emmy", "110003"),
        make.session("Fractions", 1, date(2025, 11, 6)),
        make.session("Fractions", 2, date(2025, 11, 13)),
        make.assignment("110001", kinds=["visit", "department_pd"]),
        make.assignment("110004"),
        MessageFailed(
            message_id=make.an_id("message"), template="visit_planned", recipient_ref="a teacher",
            dedupe_key="visit:1", reason="mailbox_unavailable", attempts=5,
        ),
    ]  # fmt: skip


def park(sessions: Sessions, number: int) -> None:
    row = {
        "subscription": "reporting.in",
        "source": "/hubs/cambridge/visits",
        "state": "parked",
        "body": b"?",
    }
    with sessions.begin() as session:
        session.execute(inbox.insert(), [row | {"event_id": str(n)} for n in range(number)])


def attention(page: Element) -> str:
    return page.one("attention").text


def test_items_that_need_attention_are_listed(sessions: Sessions, receive: Receive, options: Options) -> None:
    receive(troubles())
    text = attention(page_of(sessions, options, now=NOVEMBER))
    for sentence in (
        "1 message of the whole hub could not be sent",
        "1 Work Group outside the rule: Fractions (1 teacher short).",
        "2 registers not taken; the oldest is of Fractions on 6 November.",
        "3 visits or department meetings of Autumn 2 not planned yet, 31 days left: Elsewhere, Mill Lane.",
        "3 visits or department meetings missed so far, the latest in Autumn 1: Elsewhere, Mill Lane.",
        "2 schools (Cambridgeshire) have signed up and have not attended yet.",
        "1 school closed without a successor, with teachers still on Work Groups: Fen End.",
    ):
        assert sentence in text
    assert "Algebra" not in text, "it still recruits"


@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize("what", ["troubles", "small hub", "invented hub"])
def test_every_item_links_to_the_rows_that_it_counts(
    sessions: Sessions, receive: Receive, options: Options, what: str, scope: str
) -> None:
    hubs: Any = {"troubles": troubles, "small hub": small_hub, "invented hub": lambda: Hub().events}
    receive(hubs[what]())
    park(sessions, 2)
    now = NOVEMBER if what != "small hub" else NOW
    page = page_of(sessions, options, now=now, year="2025/26", scope=scope)
    items = page.one("attention").every("li")
    assert items
    for item in items:
        (link,) = item.every("a")
        listed = len(rows_at(sessions, options, link.attributes["href"] or "", now))
        assert item.text.startswith(f"{number(listed)} ")


def rows_at(sessions: Sessions, options: Options, address: str, now: datetime) -> Any:
    """Return the rows of the report at an address of the page."""
    parts = urlsplit(address)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    with sessions.begin() as session:
        return run_report(
            session,
            ReportQuery(
                name=parts.path.rpartition("/")[2],
                starts_on=date.fromisoformat(query["from"]),
                ends_on=date.fromisoformat(query["to"]),
                scope=query["scope"],
                filters={name: query[name] for name in FILTERS if name in query},
            ),
            options=options,
            now=now,
        ).rows


def test_scope_has_no_items_of_other_schools(sessions: Sessions, receive: Receive, options: Options) -> None:
    receive([*troubles(), happened.group_cancelled("Algebra")])
    text = attention(page_of(sessions, options, now=NOVEMBER, scope="la:874"))
    assert "Fractions" not in text
    assert "Fen End" not in text
    assert "Mill Lane" not in text
    assert "1 message of the whole hub" in text
    assert "1 school (Peterborough) has signed up and has not attended yet." in text


def test_empty_year_shows_none_yet(sessions: Sessions, receive: Receive, options: Options) -> None:
    assert "None yet: no record of connected schools for 2026/27." in attention(page_of(sessions, options))
    receive(small_hub())
    text = attention(page_of(sessions, options, year="2023/24", scope="la:873"))
    assert text.endswith("None yet: no record of schools in Cambridgeshire for 2023/24.")


def test_empty_year_with_an_item_of_the_whole_hub_shows_none_yet(
    sessions: Sessions, receive: Receive, options: Options
) -> None:
    receive(troubles())
    text = attention(page_of(sessions, options, year="2023/24", scope="la:873"))
    assert "1 message of the whole hub" in text
    assert text.endswith("None yet: no record of schools in Cambridgeshire for 2023/24.")


def test_year_without_items_shows_that_no_record_needs_attention(
    sessions: Sessions, receive: Receive, options: Options
) -> None:
    receive([make.school("110001"), make.connected("110001"), make.group("Algebra")])
    text = attention(page_of(sessions, options, year="2025/26"))
    assert text.endswith("No record of connected schools for 2025/26 needs attention.")
