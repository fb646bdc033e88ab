"""Over HTTP: programmes listed and corrected."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

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


def test_a_programme_is_corrected_with_a_trail(desk: Desk, admin: Client) -> None:
    one, other = opened(desk), opened(desk)
    url = f"{V1}/programmes/{one}"
    assert admin("PATCH", url, {"title": "X"}).json["code"] == "if_match_required"
    body = {"title": "Years 5 to 8", "required_roles": ["participant"], "max_per_school": 4}
    done = admin("PATCH", url, body, If_Match='"1"')
    assert (done.status, done.headers["Etag"]) == (200, '"2"')
    assert done.json == admin("GET", url).json
    assert (done.json["title"], done.json["max_per_school"]) == ("Years 5 to 8", 4)
    assert problem(admin("PATCH", url, {"title": "X"}, If_Match='"1"'))[:2] == (412, "stale")
    (told,) = admin("GET", f"{url}/changes").json["items"]
    assert (told["revision"], told["changed_by"]) == (2, "tester")
    assert sorted(told["changes"], key=lambda one: str(one["name"])) == [
        {"name": "max_per_school", "before": None, "after": 4},
        {"name": "required_roles", "before": [], "after": ["participant"]},
        {"name": "title", "before": "Continuity", "after": "Years 5 to 8"},
    ]
    assert admin("GET", f"{V1}/programmes/{other}/changes").json["items"] == []
    assert problem(admin("GET", f"{V1}/programmes/{uuid4()}/changes"))[:2] == (404, "unknown_programme")


def test_a_contradiction_names_the_group_and_what_to_change(desk: Desk, admin: Client) -> None:
    group = desk.group(title="Ratio", of={"min_teachers": 1, "min_schools": 1})
    desk.fill(group, teachers_n=2, schools_n=1)
    desk.made(f"work-groups/{group}/confirmation", {})
    programme_id = desk.get(f"work-groups/{group}").json["programme_id"]
    reply = admin("PATCH", f"{V1}/programmes/{programme_id}", {"min_teachers": 3}, If_Match='"1"')
    assert problem(reply) == (409, "confirmed_group_contradicts", ["/min_teachers"])
    said = "“Ratio”: 2 teachers; the programme requires at least 3."
    assert reply.json["errors"][0]["detail"] == said
    year = admin("PATCH", f"{V1}/programmes/{programme_id}", {"academic_year": "2026/27"}, If_Match='"1"')
    assert problem(year) == (409, "programme_has_groups", ["/academic_year"])


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"min_teachers": 0}, "/min_teachers"),
        ({"title": None}, "/title"),
        ({"strand": "maths"}, "/strand"),
        ({"phases": []}, "/phases"),
        ({"capacity": 20}, "/capacity"),
        ({"programme_id": str(uuid4())}, "/programme_id"),
    ],
)
def test_a_malformed_correction_is_refused(
    desk: Desk, admin: Client, body: dict[str, Any], pointer: str
) -> None:
    reply = admin("PATCH", f"{V1}/programmes/{opened(desk)}", body, If_Match='"1"')
    assert problem(reply) == (422, "invalid", [pointer])


def test_two_corrections_at_once_do_not_overwrite_each_other(desk: Desk, admin: Client) -> None:
    url = f"{V1}/programmes/{opened(desk)}"
    with ThreadPoolExecutor(4) as pool:
        replies = pool.map(lambda n: admin("PATCH", url, {"title": f"Title {n}"}, If_Match='"1"'), range(4))
        assert Counter(reply.status for reply in replies) == {200: 1, 412: 3}


def test_a_correction_and_a_confirmation_at_once_never_contradict(desk: Desk, admin: Client) -> None:
    for _ in range(3):
        group = desk.group(of={"min_teachers": 1, "min_schools": 1})
        desk.fill(group, teachers_n=1, schools_n=1)
        programme_id = desk.get(f"work-groups/{group}").json["programme_id"]
        url = f"{V1}/programmes/{programme_id}"
        with ThreadPoolExecutor(2) as pool:
            corrected = pool.submit(admin, "PATCH", url, {"min_teachers": 2}, If_Match='"1"')
            confirmed = pool.submit(desk.post, f"work-groups/{group}/confirmation", {})
            codes = (corrected.result().status, confirmed.result().status)
        assert codes in {(200, 422), (409, 200)}, codes


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
