"""Pages of reports over HTTP: links of the dashboard, and refusals as pages."""

from tests.reporting.reading import read
from tests.support.services import Client, RunningService

YEAR = "from=2025-09-01&to=2026-08-31"


def test_every_link_of_the_dashboard_is_answered(lead: Client) -> None:
    page = read(lead("GET", "/?year=2025/26").body.decode())
    addresses = {link.attributes["href"] or "" for link in page.every("a")}
    reports = sorted(address for address in addresses if "/reports/" in address)
    assert any(address.startswith("/reports/visit-compliance?") for address in reports)
    for address in reports:
        assert lead("GET", address).status == 200, address


def test_the_page_has_as_many_rows_as_the_report(lead: Client) -> None:
    page = read(lead("GET", f"/reports/visit-compliance?{YEAR}&status=missed").body.decode())
    report = lead("GET", f"/reporting/v1/reports/visit-compliance?{YEAR}&status=missed").json
    assert len(page.every("tbody")[0].every("tr")) == len(report["rows"]) == 2


def test_an_unknown_report_or_filter_is_refused_on_a_page(lead: Client) -> None:
    for path, status in ((f"/reports/nonsense?{YEAR}", 404), (f"/reports/engagement?{YEAR}&status=met", 422)):
        reply = lead("GET", path, Accept="text/html")
        assert (reply.status, reply.headers["Content-Type"]) == (status, "text/html; charset=utf-8")
        assert lead("GET", path).json["status"] == status


def test_browser_without_a_session_is_redirected_to_sign_in(service: RunningService) -> None:
    reply = Client(service.port)("GET", f"/reports/engagement?{YEAR}", Accept="text/html")
    assert (reply.status, reply.headers["Location"]) == (303, "/sign-in")
