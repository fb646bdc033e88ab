"""Reporting over real HTTP with real messages: answers, problems and access by role."""

from datetime import UTC, datetime

import pytest
from tests.reporting import factories as make
from tests.reporting.looking import check_policy
from tests.reporting.reading import read
from tests.support.announcing import announce
from tests.support.services import Client, RunningService
from tests.support.waiting import wait_until

AT = datetime(2026, 7, 20, 9, tzinfo=UTC)
YEAR = "from=2025-09-01&to=2026-08-31"
REPORTS = "/reporting/v1/reports"


def test_freshness_has_the_time_of_the_newest_event(lead: Client) -> None:
    found = lead("GET", "/reporting/v1/freshness").json
    assert (found["up_to"], found["waiting"], found["parked"]) == ("2026-07-20T09:00:00+00:00", 0, 0)
    assert {source["source"] for source in found["by_source"]} == {
        "/hubs/test/enrolment",
        "/hubs/test/visits",
    }


def test_catalogue_has_the_definition_of_each_report(lead: Client) -> None:
    items = lead("GET", REPORTS).json["items"]
    assert [item["name"] for item in items][:2] == ["connected-schools", "engagement"]
    for item in items:
        assert item["counts"]
        assert lead("GET", f"{REPORTS}/{item['name']}?{YEAR}").status == 200


def test_report_has_figure_period_and_freshness(lead: Client) -> None:
    report = lead("GET", f"{REPORTS}/engagement?{YEAR}&scope=la:873").json
    assert (report["report"], report["hub"]) == ("engagement", "test")
    assert (report["N"], report["rate"]) == (6, 50.0)
    assert report["period"] == {"from": "2025-09-01", "to": "2026-08-31"}
    assert report["as_at"] == "2026-08-31"
    assert report["scope"] == {"code": "la:873", "name": "Cambridgeshire"}
    assert report["freshness"]["parked"] == 0
    assert len(report["rows"]) == report["N"]
    assert all(check["holds"] for check in report["checks"])


def test_report_names_the_day_of_facts_of_schools(lead: Client) -> None:
    path = f"{REPORTS}/engagement?{YEAR}&scope=la:873&as_at=2025-12-01"
    then, now = lead("GET", path).json["facts"], lead("GET", f"{path}&facts=now").json["facts"]
    assert (then["of"], then["on"]) == ("as_at", "2025-12-01")
    assert "those of 1 December 2025, the day of the report" in then["meaning"]
    assert now["of"] == "now"
    assert "as they are now" in now["meaning"]
    headers = lead("GET", f"{path}&facts=now&format=csv").headers
    assert headers["Content-Disposition"].endswith('_facts-now.csv"')
    assert lead("GET", f"{path}&facts=then").json["errors"][0]["pointer"] == "/facts"
    assert lead("GET", "/?facts=now").status == 200


def test_report_is_available_as_csv(lead: Client) -> None:
    reply = lead("GET", f"{REPORTS}/engagement?{YEAR}&scope=la:873&format=csv")
    assert reply.headers["Content-Type"] == "text/csv; charset=utf-8"
    name = "engagement_2025-09-01_2026-08-31_la-873.csv"
    assert reply.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    header, *rows = reply.body.decode("utf-8-sig").splitlines()
    assert header.startswith("URN,School,Phase,Local authority code,Local authority,District")
    assert header.endswith("From,To,As at,Schools of the report")
    assert len(rows) == 6
    assert all(row.endswith("2025-09-01,2026-08-31,2026-08-31,Cambridgeshire") for row in rows)


def test_files_and_pages_have_no_ids_of_people(lead: Client) -> None:
    people = [str(make.an_id(name)) for name in ("Ada", "Emmy", "Tom", "PD lead", "PD lead who left")]
    for name in ("leadership-spread", "intensive-support-coverage", "work-group-lead-schools"):
        text = lead("GET", f"{REPORTS}/{name}?{YEAR}&format=csv").body.decode("utf-8-sig")
        assert len(text.splitlines()) > 1
        assert not any(id_ in text for id_ in people)
    assert not any(id_ in lead("GET", "/").body.decode() for id_ in people)
    leaders = lead("GET", f"{REPORTS}/leadership-spread?{YEAR}").json["rows"]
    assert str(make.an_id("Ada")) in {row["teacher_id"] for row in leaders}, "programs get ids"


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("visit-compliance?status=missed", 2),
        ("visit-compliance?status=missed,late", 3),
        ("visit-compliance?status=missed&half_term=2025-1", 1),
        ("intensive-support-coverage?led=no", 1),
        ("engagement?scope=la:873&level=signed_up", 2),
        ("engagement?scope=la:873&level=none", 1),
        ("work-group-composition?verdict=recruiting", 1),
        ("data-quality?problem=register_not_taken", 0),
    ],
)
def test_filters_reduce_rows_and_leave_figures(lead: Client, query: str, rows: int) -> None:
    chosen = lead("GET", f"{REPORTS}/{query}&{YEAR}").json
    assert len(chosen["rows"]) == rows
    plain = lead("GET", f"{REPORTS}/{query.partition('?')[0]}?{YEAR}&scope={chosen['scope']['code']}").json
    assert (chosen["n"], chosen["N"], chosen["figures"]) == (plain["n"], plain["N"], plain["figures"])


def test_csv_has_statuses_in_words(lead: Client) -> None:
    text = lead("GET", f"{REPORTS}/visit-compliance?{YEAR}&format=csv&status=late").body.decode("utf-8-sig")
    (_, row) = text.splitlines()
    assert "Autumn 2 2025/26,visit," in row
    assert "visited, logged late" in row


@pytest.mark.parametrize(
    ("path", "status", "code", "pointer"),
    [
        (f"{REPORTS}/nonsense", 404, "unknown_report", None),
        (f"{REPORTS}/engagement?scope=moon", 422, "unknown_scope", "/scope"),
        (f"{REPORTS}/engagement?scope=la:111", 422, "unknown_scope", "/scope"),
        (f"{REPORTS}/engagement?from=2026-02-30", 400, "bad_parameter", "/from"),
        (f"{REPORTS}/engagement?to=yesterday", 400, "bad_parameter", "/to"),
        (f"{REPORTS}/engagement?as_at=20260101", 400, "bad_parameter", "/as_at"),
        (f"{REPORTS}/engagement?format=pdf", 400, "bad_parameter", "/format"),
        (f"{REPORTS}/engagement?form=csv", 400, "bad_parameter", "/form"),
        (f"{REPORTS}/engagement?status=missed", 422, "unknown_filter", "/status"),
        (f"{REPORTS}/engagement?from=2026-02-01&to=2026-01-01", 422, "period_reversed", "/to"),
        (f"{REPORTS}/engagement?as_at=2999-01-01", 422, "as_at_in_future", "/as_at"),
        ("/static/x/hub.css", 404, "not_found", None),
        ("/static/x/../../config.py", 404, "not_found", None),
    ],
)
def test_invalid_parameter_is_named_in_the_problem(
    lead: Client, path: str, status: int, code: str, pointer: str | None
) -> None:
    reply = lead("GET", path)
    assert (reply.status, reply.json["code"]) == (status, code)
    assert [error["pointer"] for error in reply.json.get("errors", [])] == ([pointer] if pointer else [])


@pytest.mark.parametrize(
    ("role", "reports", "fresh"),
    [
        ("hub_admin", 200, 200),
        ("hub_lead", 200, 200),
        ("board", 200, 200),
        ("subscriber", 403, 200),
        ("pd_lead", 403, 403),
        ("work_group_lead", 403, 403),
    ],
)
def test_each_role_reads_only_what_it_may(
    service: RunningService, role: str, reports: int, fresh: int
) -> None:
    client = service.client(role)
    for path in (REPORTS, f"{REPORTS}/engagement", "/reports/engagement"):
        assert client("GET", path).status == reports
    assert client("GET", "/reporting/v1/freshness").status == fresh


@pytest.mark.parametrize(
    ("role", "text"),
    [
        ("pd_lead", "You are signed in as PD lead"),
        ("work_group_lead", "You are signed in as Work Group lead"),
        ("subscriber", "You are signed in as subscriber"),
        ("something_else", "no role in the hub"),
    ],
)
def test_role_without_reports_sees_a_page_with_its_tasks(
    service: RunningService, role: str, text: str
) -> None:
    client = service.client(role)
    page = read(client("GET", "/").body.decode())
    assert text in page.text
    check_policy(page)
    (form,) = page.every("form")
    assert form.attributes["action"] == "/sign-in/end"
    for link in page.every("a"):
        address = link.attributes["href"] or ""
        assert address.startswith("#") or client("GET", address).status == 200, address
    refused = client("GET", f"{REPORTS}/engagement", Accept="text/html")
    assert refused.status == 403
    assert [link.attributes["href"] for link in read(refused.body.decode()).every("a")] == ["/"]


def test_page_is_cached_until_another_event_is_projected(lead: Client, publishers: str) -> None:
    page = lead("GET", "/").body.decode()
    assert lead("GET", "/").body.decode() == page
    assert lead("GET", "/?scope=phase:secondary").body.decode() != page
    assert "Newcomer Trust" not in page
    newcomer = make.school(
        "110077", la_code="926", la_name="Norfolk", trust_uid="5", trust_name="Newcomer Trust"
    )
    announce(publishers, newcomer, make.connected("110077"), at=AT)
    wait_until(lambda: "Newcomer Trust" in lead("GET", "/").body.decode())


def test_pages_allow_only_our_style_sheet_and_images(lead: Client) -> None:
    page = lead("GET", "/")
    policy = page.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'self'")
    assert "unsafe" not in policy
    assert page.headers["Cache-Control"] == "no-store"
    links = read(page.body.decode()).every("link")
    for link in links:
        sheet = Client(lead.port)("GET", link.attributes["href"] or "")
        assert sheet.status == 200
        assert "immutable" in sheet.headers["Cache-Control"]
        assert sheet.headers["X-Content-Type-Options"] == "nosniff"
    assert len(links) == 2


@pytest.mark.parametrize("query", ["scope=moon", "scope=la:111", "year=2025", "year=2025/27"])
def test_unknown_page_is_answered_with_a_page(lead: Client, query: str) -> None:
    reply = lead("GET", f"/?{query}")
    assert reply.status == 422
    assert read(reply.body.decode()).every("a")[-1].attributes["href"] == "/"
