"""Signing in over real HTTP by a link or a pasted token, and the cookie."""

from datetime import timedelta
from http.cookies import SimpleCookie
from urllib.parse import urlencode

import pytest
from tests.reporting.reading import read
from tests.support.audited import rows
from tests.support.services import Client, Reply, RunningService

YEAR = "from=2025-09-01&to=2026-08-31"
REPORTS = "/reporting/v1/reports"


def cookie_of(reply: Reply) -> str:
    (morsel,) = SimpleCookie(reply.headers["Set-Cookie"]).values()
    assert morsel["httponly"]
    assert (morsel["samesite"], morsel["path"]) == ("Lax", "/")
    return f"{morsel.key}={morsel.value}"


def test_without_a_credential_only_the_sign_in_page_answers(service: RunningService) -> None:
    browser = Client(service.port)
    assert browser("GET", f"{REPORTS}/engagement").status == 401
    sent_away = browser("GET", "/")
    assert (sent_away.status, sent_away.headers["Location"]) == (303, "/sign-in")
    page = browser("GET", "/sign-in")
    assert page.status == 200
    (form,) = read(page.body.decode()).every("form")
    assert (form.attributes["method"], form.attributes["action"]) == ("post", "/sign-in")


def test_sign_in_link_gives_a_cookie_for_the_page(service: RunningService, lead: Client) -> None:
    browser = Client(service.port)
    link = service.keys.issue_sign_in("ada", ["hub_lead"], timedelta(hours=1))
    for _ in range(2):  # a program that scans e-mails does not use up the link
        (form,) = read(browser("GET", f"/sign-in?token={link}").body.decode()).every("form")
        assert form.attributes["method"] == "post"
    entered = sign_in(browser, link)
    assert (entered.status, entered.headers["Location"]) == (303, "/")
    assert entered.headers["Referrer-Policy"] == "same-origin"
    cookie = cookie_of(entered)
    assert link not in cookie
    page = browser("GET", "/", Cookie=cookie)
    assert page.status == 200
    assert "took part in 2025/26" in read(page.body.decode()).every("h1")[0].text
    assert browser("GET", f"{REPORTS}/engagement?{YEAR}", Cookie=cookie).status == 200

    assert browser("POST", "/sign-in/end", Cookie=cookie, Sec_Fetch_Site="cross-site").status == 403
    assert browser("GET", "/", Cookie=cookie).status == 200
    left = browser("POST", "/sign-in/end", Cookie=cookie)
    assert (left.status, left.headers["Location"]) == (303, "/sign-in")
    assert "Max-Age=0" in left.headers["Set-Cookie"]
    # Neither the old cookie nor the link gives access again.
    assert browser("GET", "/", Cookie=cookie).status == 303
    again = sign_in(browser, link)
    assert again.status == 401
    assert "was used before" in read(again.body.decode()).one("token-error").text
    assert browser("POST", "/sign-in/end").status == 303


def test_audit_names_the_account_that_begins_and_ends_a_session(service: RunningService) -> None:
    browser = Client(service.port)
    link = service.keys.issue_sign_in("emmy", ["hub_lead"], timedelta(hours=1))
    entered = sign_in(browser, link)
    assert sign_in(browser, link).status == 401
    assert browser("POST", "/sign-in/end", Cookie=cookie_of(entered)).status == 303
    written = rows(service.environment["HUB_DATABASE_URL"], account="emmy")
    assert [(row["route"], row["roles"], row["outcome"]) for row in written] == [
        ("/sign-in", ["hub_lead"], "done"),
        ("/sign-in/end", ["hub_lead"], "done"),
    ]
    assert link not in str(written)


def test_expired_or_malformed_link_is_refused_before_the_button(service: RunningService) -> None:
    late = service.keys.issue_sign_in("ada", ["hub_lead"], timedelta(seconds=-1))
    for token in (late, "forged"):
        reply = Client(service.port)("GET", f"/sign-in?token={token}")
        assert reply.status == 401
        assert "not valid" in read(reply.body.decode()).one("token-error").text


def test_form_of_another_site_begins_no_session(service: RunningService, lead: Client) -> None:
    reply = sign_in(Client(service.port), lead.token or "", Sec_Fetch_Site="cross-site")
    assert (reply.status, reply.json["code"]) == (403, "from_another_site")


@pytest.mark.parametrize(
    "cookie", ["hub_session_hub=", "hub_session_hub=made-up", "hub_session_hub=' OR 1=1"]
)
def test_unknown_cookie_gives_no_access(service: RunningService, cookie: str) -> None:
    assert Client(service.port)("GET", f"{REPORTS}/engagement", Cookie=cookie).status == 401


def test_a_token_is_pasted_into_the_form(service: RunningService, lead: Client) -> None:
    browser = Client(service.port)
    entered = sign_in(browser, f" {lead.token} ")
    assert (entered.status, entered.headers["Location"]) == (303, "/")
    assert browser("GET", "/", Cookie=cookie_of(entered)).status == 200


def sign_in(client: Client, token: str, **headers: str) -> Reply:
    """Post the sign-in form as a browser does."""
    body = urlencode({"token": token}).encode()
    return client("POST", "/sign-in", body, Content_Type="application/x-www-form-urlencoded", **headers)


@pytest.mark.parametrize("body", [b"token=forged", b"", b"token=", b"\xff\xfe=1"])
def test_malformed_token_is_refused_on_the_page(service: RunningService, body: bytes) -> None:
    reply = Client(service.port)("POST", "/sign-in", body)
    assert reply.status == 401
    assert "Set-Cookie" not in reply.headers
    assert "not valid" in read(reply.body.decode()).one("token-error").text
