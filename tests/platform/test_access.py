"""Authentication and roles, at every route of every service."""

import time
from datetime import timedelta

import pytest
from joserfc import jwt
from joserfc.jwk import OKPKey
from tests.platform.sending import PARCELS, parcel
from tests.support.services import Client, RunningService
from werkzeug.wrappers import Request

from hub_platform.access import Actor, TokenCheck, identify, session_cookie
from hub_platform.other_sites import refuse_other_sites
from hub_platform.problems import Problem


def test_nothing_answers_without_a_token(sorting: RunningService) -> None:
    reply = Client(sorting.port)("GET", PARCELS)
    assert (reply.status, reply.json["code"]) == (401, "no_token")
    assert reply.headers["Www-Authenticate"] == "Bearer"


@pytest.mark.parametrize("token", ["rubbish", "a.b.c", ""])
def test_a_forged_token_is_refused(sorting: RunningService, token: str) -> None:
    assert Client(sorting.port, token)("GET", PARCELS).status == 401


def test_an_expired_token_is_refused(sorting: RunningService) -> None:
    token = sorting.keys.issue("late", ["sorter"], timedelta(seconds=-1))
    assert Client(sorting.port, token)("GET", PARCELS).json["code"] == "invalid_token"


def test_a_token_for_another_audience_is_refused(sorting: RunningService) -> None:
    claims = {"sub": "x", "roles": ["sorter"], "aud": "elsewhere", "exp": int(time.time()) + 60}
    token = jwt.encode({"alg": "Ed25519"}, claims, sorting.keys.key, algorithms=["Ed25519"])
    assert Client(sorting.port, token)("GET", PARCELS).json["code"] == "invalid_token"


def test_the_wrong_role_is_refused(sorting: RunningService) -> None:
    reply = sorting.client("counter")("GET", PARCELS)
    assert (reply.status, reply.json["code"]) == (403, "forbidden")


def test_a_page_sends_a_person_without_a_token_to_sign_in(sorting: RunningService) -> None:
    reply = Client(sorting.port)("GET", "/sorting/page")
    assert (reply.status, reply.headers["Location"]) == (303, "/sign-in")


def test_a_service_without_sessions_knows_no_cookie(sorting: RunningService) -> None:
    token = sorting.keys.issue("reader", ["sorter"], timedelta(hours=1))
    browser = Client(sorting.port, headers={"Cookie": f"{session_cookie('hub')}={token}"})
    assert browser("GET", PARCELS).status == 401
    assert browser("POST", PARCELS, parcel()).status == 401


@pytest.mark.parametrize(
    "cookies", ["hub_session_hub-demo=demo; hub_session_hub=ours", "hub_session_hub=ours"]
)
def test_of_the_cookies_of_one_host_name_a_deployment_reads_its_own(cookies: str) -> None:
    """Before: both had one name, so a demonstration next to a real hub signed people out of it."""
    request = Request.from_values("/", headers={"Cookie": cookies})
    check = TokenCheck(OKPKey.generate_key("Ed25519"))
    assert identify(request, check, Actor, cookie_name=session_cookie("hub")) == Actor("ours")
    with pytest.raises(Problem, match="no_token"):
        identify(request, check, Actor, cookie_name=session_cookie("other"))


def test_the_token_of_a_sign_in_link_opens_no_route(sorting: RunningService) -> None:
    token = sorting.keys.issue_sign_in("reader", ["sorter"], timedelta(hours=1))
    assert Client(sorting.port, token)("GET", PARCELS).json["code"] == "invalid_token"


def test_a_bearer_token_is_good_wherever_the_request_comes_from(sorter: Client) -> None:
    assert sorter("POST", PARCELS, parcel(), Sec_Fetch_Site="cross-site").status == 201


def sent(headers: dict[str, str]) -> Request:
    return Request.from_values("/sign-in", "http://hub.example:8000", method="POST", headers=headers)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "http://hub.example:8000"},
        {"Origin": "http://other.example", "Authorization": "Bearer x"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "null"},
    ],
)
def test_a_form_of_ours_is_taken(headers: dict[str, str]) -> None:
    refuse_other_sites(sent(headers))


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "http://other.example"},
        {"Origin": "http://hub.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://hub.example:8000"},
    ],
)
def test_a_form_of_another_site_is_refused(headers: dict[str, str]) -> None:
    with pytest.raises(Problem, match="from_another_site"):
        refuse_other_sites(sent(headers))


def test_reading_is_nobodys_forgery() -> None:
    refuse_other_sites(Request.from_values("/", method="GET", headers={"Sec-Fetch-Site": "cross-site"}))
