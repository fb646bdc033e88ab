"""Who gets in, at every route of every service."""

import time
from datetime import timedelta

import pytest
from joserfc import jwt
from tests.platform.sending import PARCELS, parcel
from tests.support.services import Client, RunningService


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


def test_the_session_cookie_reads_but_does_not_write(sorting: RunningService) -> None:
    token = sorting.keys.issue("reader", ["sorter"], timedelta(hours=1))
    browser = Client(sorting.port, headers={"Cookie": f"hub_session={token}"})
    assert browser("GET", "/sorting/page").status == 200
    assert browser("POST", PARCELS, parcel()).status == 401
