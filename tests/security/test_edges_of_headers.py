"""Odd headers, methods and credentials: each is refused as what it is, and counted before it can fail."""

import json
import uuid
from base64 import urlsafe_b64encode
from datetime import timedelta
from typing import Any

import pytest
from joserfc import jwt
from tests.support.services import Client, RunningService

PARCELS = "/sorting/v1/parcels"


@pytest.mark.parametrize(
    "tag",
    [
        *("1" * 5_000, f'"{"1" * 5_000}"', "\u00b2", "*", '"-1"', '"1', '"1", "2"', '"0x1"', ""),
        *('W/"1"', "W/1", 'w/"1"', 'W/"1", W/"2"', 'W/"1", "1"', "W/*", '"1" W/"1"', '"W/1"'),
    ],
)
def test_an_etag_that_is_none_of_ours_is_stale(sorter: Client, tag: str) -> None:
    """Before: 500 for 5,000 digits; a weak ETag matched."""
    created = sorter("POST", PARCELS, {"number": uuid.uuid4().int % 10**9, "weight": 1})
    path = created.headers["Location"]
    reply = sorter("PUT", path, {"weight": 2}, If_Match=tag.encode().decode("latin-1"))
    if tag == '"1':  # a quote is forgiven at either end
        assert reply.status == 200
        return
    assert reply.json["code"] == "stale"
    assert reply.status == 412


@pytest.mark.parametrize(
    "instant",
    [
        "0001-01-01T00:00:00+00:00",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59+00:00",
        "9999-12-31T23:59:59-12:00",
        "0999-12-31T00:00:00Z",
        "2026-01-01",
        "now",
        "2026-01-01T00:00:00+99:99",
        "2026-01-01T25:00:00Z",
        "2026-02-30T00:00:00Z",
        "10000-01-01T00:00:00Z",
        "2" * 5_000,
        "\u00b2026-01-01T00:00:00Z",
        "2026-01-01T00:00:00",
    ],
)
def test_an_extreme_hub_time_is_refused(sorter: Client, instant: str) -> None:
    reply = sorter("GET", PARCELS, Hub_Time=instant)
    assert reply.status == 400
    assert reply.json["code"] in {"bad_hub_time", "hub_time_too_far_ahead"}


@pytest.mark.parametrize(
    "origin",
    [
        *("http://[", "http://[::1", "null", "http://", "http://]", "//[", "\u00ff", "https://evil.example"),
        *("", "http://user@[", "http://127.0.0.1:99999999", "http://%00", "[", "a" * 8_000),
    ],
)
def test_a_malformed_origin_is_another_site_and_is_counted(sorting: RunningService, origin: str) -> None:
    """Before: 500, as often as one liked."""
    reply = Client(sorting.port)("POST", "/sorting/v1/anyones-bytes", b"x", Origin=origin)
    assert (reply.status, reply.json["code"]) in {(403, "from_another_site"), (429, "too_many_requests")}


def test_a_stranger_who_is_refused_is_counted_all_the_same(sorting: RunningService) -> None:
    client = Client(sorting.port)
    replies = [client("POST", "/sorting/v1/anyones-bytes", b"x", Origin="http://[") for _ in range(6)]
    assert replies[-1].status == 429


@pytest.mark.parametrize(
    "claims",
    [
        {"roles": "sorter"},
        {"roles": 7},
        {"roles": {"sorter": True}},
        {"roles": [["sorter"]]},
        {"roles": None},
        {"roles": ["sorter", None]},
        {"roles": True},
        {"sub": 7},
        {"sub": ""},
        {"sub": "a\u0000b"},
        {"sub": ["tester"]},
        {"aud": ["elsewhere"]},
        {"exp": "tomorrow"},
        {"exp": True},
        {"exp": 1e300},
        {"exp": -1},
        {"exp": None},
        {"exp": [2_000_000_000]},
        {"jti": ["1"]},
        {"jti": 1},
    ],
)
def test_a_signed_token_whose_claims_are_of_another_type_is_not_valid(
    sorting: RunningService, claims: dict[str, Any]
) -> None:
    """Before: 500 for roles that are a number; characters of a text were taken for roles."""
    good = {"sub": "tester", "aud": "hub", "exp": 2_000_000_000, "roles": ["sorter"]}
    token = jwt.encode({"alg": "Ed25519"}, good | claims, sorting.keys.key, algorithms=["Ed25519"])
    reply = Client(sorting.port, token)("GET", PARCELS)
    assert (reply.status, reply.json["code"]) == (401, "invalid_token")


@pytest.mark.parametrize(
    ("method", "status"),
    [
        ("HEAD", 200),
        ("OPTIONS", 204),
        ("TRACE", 405),
        ("PROPFIND", 405),
        ("DELETE", 405),
        ("CONNECT", 405),
        ("get", 405),
        ("Head", 405),
        ("post", 405),
        ("QUERY", 405),
    ],
)
def test_methods_that_an_address_does_not_take_are_named(
    sorting: RunningService, sorter: Client, method: str, status: int
) -> None:
    reply = sorter(method, PARCELS)
    assert reply.status == status
    if status != 200:
        assert {"GET", "HEAD", "POST"} <= set(reply.headers["Allow"].split(", "))
    else:
        assert reply.body == b""
    assert "Traceback" not in sorting.log


def test_a_head_is_that_of_the_answer_and_nothing_more(sorting: RunningService, sorter: Client) -> None:
    for client, address in ((sorter, PARCELS), (sorter, "/sorting/page"), (Client(sorting.port), PARCELS)):
        got, head = client("GET", address), client("HEAD", address)
        assert (head.status, head.body) == (got.status, b"")
        for name in ("Content-Type", "Content-Length", "Cache-Control", "X-Content-Type-Options"):
            assert head.headers.get(name) == got.headers.get(name)


def encoded(text: str) -> str:
    return urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


@pytest.mark.parametrize(
    "credential",
    [
        *("", "Bearer", "Bearer ", "Bearer \u00ff", "Bearer a=b, c", "Bearer " + "a." * 3_000, "\u00ff"),
        *(
            "Basic",
            "Basic \u00ff",
            "Basic Og==",
            "Basic ====",
            'Digest a="b',
            "Digest \u00ff=\u00ff",
            "Negotiate x",
        ),
        f"Bearer {encoded('[' * 3_000)}.e30.e30",
        f"Bearer {encoded('[1]')}.{encoded('[1]')}.e30",
        f"Bearer {encoded('null')}.{encoded('null')}.{encoded('null')}",
        f"Bearer {encoded('1')}.e30.e30",
        f"Bearer {encoded('{}')}.e30.e30",
        f"Bearer {encoded(json.dumps({'alg': 1}))}.e30.e30",
        f"Bearer {encoded(json.dumps({'alg': 'none'}))}.e30.",
    ],
)
def test_a_credential_that_is_none_is_no_fault(sorting: RunningService, credential: str) -> None:
    """Before: 500 for Basic with a byte that is not ASCII."""
    sent = credential.encode().decode("latin-1")
    reply = Client(sorting.port)("GET", PARCELS, Authorization=sent)
    assert reply.status == 401
    assert reply.json["code"] in {"no_token", "invalid_token"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Accept", "text/html;q=nan"),
        ("Accept", "text/html;q=1e999,*/*;q=-1"),
        ("Accept", ";q=,/,\u00ff/\u00fe"),
        ("Accept", "a/b," * 1_500),
        ("Accept-Language", "\u00ff;q=9"),
        ("Cookie", "\u00ff=\u00fe; =; ;;hub_session_hub"),
        ("Cookie", "a=b;" * 1_500),
        ("Range", "bytes=99999999999999999999-"),
        ("If-Range", "Fri, 31 Dec 9999 23:59:59 -1200"),
        ("If-Modified-Since", "Fri, 31 Dec 9999 23:59:59 -1200"),
        ("If-Modified-Since", "Mon, 01 Jan 0001 00:00:00 +1400"),
        ("If-Unmodified-Since", "Fri, 31 Dec 99999 23:59:59 GMT"),
        ("If-None-Match", '"' * 3_000),
        ("X-Forwarded-For", "\u00ff, , [::1"),
        ("X-Forwarded-Host", "["),
        ("X-Request-ID", "\u00ff\u0000".replace("\u0000", "")),
        ("traceparent", "00-" + "0" * 32 + "-" + "0" * 16 + "-00"),
        ("Sec-Fetch-Site", "\u00ff"),
        ("Expect", "200-magic"),
        ("Content-Type", "application/json; charset=utf-99"),
        ("Upgrade", "websocket"),
    ],
)
def test_an_odd_header_is_passed_over_or_refused(
    sorting: RunningService, sorter: Client, name: str, value: str
) -> None:
    for client, method in ((sorter, "GET"), (sorter, "HEAD"), (Client(sorting.port), "GET")):
        headers = {name.replace("-", "_"): value.encode().decode("latin-1")}
        assert client(method, PARCELS, **headers).status in {200, 400, 401, 412, 417}
    assert sorting.lines("request_failed") == []


def test_what_only_some_may_read_is_kept_by_no_cache(sorting: RunningService, sorter: Client) -> None:
    assert sorter("GET", PARCELS).headers["Cache-Control"] == "no-store"
    assert Client(sorting.port)("GET", PARCELS).headers["Cache-Control"] == "no-store"
    assert sorting.client("board")("GET", PARCELS).headers["Cache-Control"] == "no-store"


def test_a_subject_that_is_an_e_mail_address_is_not_logged(sorting: RunningService) -> None:
    """Before: in every line of a request."""
    token = sorting.keys.issue("ada@school.example", ["sorter"], timedelta(hours=1))
    assert Client(sorting.port, token)("GET", PARCELS).status == 200
    assert "ada@school.example" not in sorting.log
    assert any(line["actor"].startswith("sha256:") for line in sorting.lines("request"))
