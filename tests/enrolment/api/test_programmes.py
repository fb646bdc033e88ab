"""Over HTTP: programmes listed and corrected."""

from typing import Any
from urllib.parse import urlencode

import pytest
from tests.enrolment.desk import V1, Desk, as_lead, problem, programme_body
from tests.support.services import Client, RunningService


def listed(client: Client, **asked: Any) -> list[str]:
    reply = client("GET", f"{V1}/programmes?{urlencode(asked)}")
    assert reply.status == 200, reply.body
    return [item["programme_id"] for item in reply.json["items"]]


def opened(desk: Desk, **changes: Any) -> str:
    return str(desk.made("programmes", programme_body(**changes))["programme_id"])


def test_programmes_are_listed_by_year_strand_and_part_of_the_title(desk: Desk, admin: Client) -> None:
    first = opened(desk, title="Listed 100% early", academic_year="2031/32", strand="continuity")
    second = opened(desk, title="Listed late", academic_year="2031/32", strand="sktm")
    third = opened(desk, title="Listed late", academic_year="2032/33", strand="sktm")
    assert listed(admin, academic_year="2031/32") == [first, second]
    assert listed(admin, academic_year="2031/32", strand="sktm") == [second]
    assert listed(admin, q="LISTED LATE") == [second, third]
    assert listed(admin, q="100%") == [first]
    assert listed(admin, q="listed", limit=1) == [first]


def test_a_work_group_lead_lists_programmes(enrolment: RunningService, desk: Desk) -> None:
    made = opened(desk, academic_year="2033/34")
    assert listed(as_lead(enrolment, desk.lead()), academic_year="2033/34") == [made]


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("academic_year=2025", "/academic_year"),
        ("strand=maths", "/strand"),
        ("year=2025/26", "/year"),
        ("q=", "/q"),
    ],
)
def test_an_unknown_or_malformed_parameter_is_refused(admin: Client, query: str, pointer: str) -> None:
    assert problem(admin("GET", f"{V1}/programmes?{query}")) == (400, "bad_parameter", [pointer])
