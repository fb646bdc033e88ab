"""Refusals as a browser sees them: a page with the same status and headers; programs get the problem."""

from html.parser import HTMLParser
from typing import Any

import pytest
from tests.platform.sending import PARCELS, parcel
from tests.support.services import Client, RunningService
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

from hub_platform.problem_pages import HEADERS, page_of, refusal_of, wants_page
from hub_platform.problems import Problem

CHROMIUM = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
FIREFOX = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
PROGRAMS = ["", "*/*", "application/json", "application/problem+json, application/json;q=0.9", "text/csv"]


class Words(HTMLParser):
    """Parses the text of a page and checks that each element is closed."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.said = ""
        self.links: list[str] = []
        self.feed(page)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag != "meta":
            self.open.append(tag)
        self.links += [value or "" for name, value in attrs if name == "href"]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open[-1:] != ["style"]:
            self.said += data


def request(accept: str) -> Request:
    headers: Any = {"Accept": accept} if accept else {}
    return Request(EnvironBuilder(headers=headers).get_environ())


@pytest.mark.parametrize(
    ("accept", "page"),
    [
        (CHROMIUM, True),
        (FIREFOX, True),
        ("text/html", True),
        ("text/html;q=0.9, application/json;q=0.8", True),
        ("text/html;q=0.8, application/json;q=0.8", False),
        ("application/json, text/html;q=0.5", False),
        ("text/html;q=0", False),
        *((accept, False) for accept in PROGRAMS),
    ],
)
def test_only_those_who_want_html_more_than_json_get_a_page(accept: str, page: bool) -> None:
    assert wants_page(request(accept)) is page


@pytest.mark.parametrize(
    "status", [400, 401, 403, 404, 405, 409, 410, 412, 413, 415, 422, 428, 429, 500, 503]
)
def test_a_page_says_what_happened_why_and_what_to_do(status: int) -> None:
    problem = Problem(status, "a_code", "Because of <this> & that.", headers={"Retry-After": "7"})
    response = refusal_of(problem, request(CHROMIUM), reference="ref-1")
    assert response.status_code == status
    assert response.headers["Retry-After"] == "7"
    assert {name: response.headers[name] for name in HEADERS} == dict(HEADERS)
    page = Words(response.get_data(as_text=True))
    for words in ("Because of <this> & that.", "a_code", "reference ref-1", str(status)):
        assert words in page.said
    assert page.links == []


def test_a_page_names_each_value_that_cannot_be_accepted() -> None:
    problem = Problem(
        422, "invalid", "Some values.", errors=[("/marks/0/urn", "Six digits."), ("", "In all.")]
    )
    said = Words(page_of(problem, reference="", pages=frozenset())).said
    assert "marks, 0, urn: Six digits." in said
    assert "In all." in said


@pytest.mark.parametrize(
    ("status", "pages", "links"),
    [
        (401, {"/", "/sign-in"}, ["/sign-in", "/"]),
        (403, {"/", "/sign-in"}, ["/"]),
        (404, set(), []),
    ],
)
def test_a_page_leads_only_to_pages_that_there_are(status: int, pages: set[str], links: list[str]) -> None:
    problem = Problem(status, "a_code", "Because.")
    assert Words(page_of(problem, reference="", pages=frozenset(pages))).links == links


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nowhere", 404),
        ("POST", "/sorting/v1/nowhere", 404),
        ("DELETE", PARCELS, 405),
        ("POST", PARCELS, 422),
        ("GET", f"{PARCELS}?colour=red", 400),
    ],
)
def test_browsers_and_programs_are_refused_alike(sorter: Client, method: str, path: str, status: int) -> None:
    body = {"number": 1} if method == "POST" else None
    page = sorter(method, path, body, Accept=CHROMIUM)
    assert (page.status, page.headers["Content-Type"]) == (status, "text/html; charset=utf-8")
    assert page.headers["X-Content-Type-Options"] == "nosniff"
    assert f"reference {page.headers['X-Request-Id']}" in Words(page.body.decode()).said
    for accept in ("*/*", "application/json"):
        reply = sorter(method, path, body, Accept=accept)
        assert (reply.status, reply.headers["Content-Type"]) == (status, "application/problem+json")
        assert reply.json["status"] == status
        assert reply.headers["X-Content-Type-Options"] == "nosniff"
        assert reply.headers.get("Allow") == page.headers.get("Allow")


def test_a_browser_without_a_credential_gets_a_page(sorting: RunningService) -> None:
    reply = Client(sorting.port)("POST", PARCELS, parcel(), Accept=FIREFOX)
    assert (reply.status, reply.headers["Www-Authenticate"]) == (401, "Bearer")
    page = Words(reply.body.decode())
    assert "You are not signed in" in page.said
    assert page.links == [], "this service has no page to sign in at"


def test_behind_a_gateway_a_refusal_leads_to_the_pages_of_the_hub(
    sorting: RunningService, behind_gateway: RunningService
) -> None:
    given = {"Accept": FIREFOX, "X_Forwarded_Host": "hub.lan"}
    page = Client(behind_gateway.port)("POST", PARCELS, parcel(), **given)
    assert Words(page.body.decode()).links == ["/sign-in", "/"]
    spoofed = Client(sorting.port)("POST", PARCELS, parcel(), **given)
    assert Words(spoofed.body.decode()).links == []
