"""What strangers and mistaken programs send to a service: a clear refusal each time, never a 500."""

import base64
import contextlib
import socket
import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from joserfc import jwt
from tests.support.broker import BrokerServer
from tests.support.postgres import PostgresServer
from tests.support.services import Client, RunningService, running_service

from hub_platform.runner import migrations_of
from local import ports

PARCELS = "/sorting/v1/parcels"
DEEP = 20_000


@pytest.fixture(name="sorting", scope="module")
def _sorting(
    postgres: PostgresServer, broker: BrokerServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningService]:
    with running_service(
        tmp_path_factory.mktemp("sorting"),
        "sorting",
        ("parcels", "sorting"),
        database_url=postgres.migrated_database(migrations_of("parcels")),
        amqp_uri=broker.new_vhost(),
        HUB_ALLOW_HUB_TIME="1",
        HUB_FORMS_PER_MINUTE="5",
    ) as service:
        yield service


@pytest.fixture(name="sorter")
def _sorter(sorting: RunningService) -> Client:
    return sorting.client("sorter")


def cursor(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"[" * DEEP + b"]" * DEEP, id="lists"),
        pytest.param(b'{"a":' * DEEP + b"1" + b"}" * DEEP, id="objects"),
        pytest.param(b'{"number": 1, "weight": ' + b"[" * 200 + b"]" * 200 + b"}", id="200 levels"),
        pytest.param(b'{"number": ' + b"1" * 5_000 + b', "weight": 1}', id="5,000 digits"),
        pytest.param(b'{"\\ud800": 1}', id="half a character as a name"),
        pytest.param(b'{"number": "\xed\xa0\x80"}', id="half a character in bytes"),
        pytest.param('{"number": 1}'.encode("utf-16"), id="UTF-16"),
    ],
)
def test_bodies_that_no_rule_can_use_are_malformed(sorter: Client, body: bytes) -> None:
    """Before: 500 for deep JSON and for half a character as a name."""
    reply = sorter("POST", PARCELS, body, Content_Type="application/json")
    assert (reply.status, reply.json["code"]) == (400, "malformed_json")


@pytest.mark.parametrize("value", ["\\udfff", "\\u0000", "a\\ud800b"])
def test_a_value_that_is_no_text_is_named(sorter: Client, value: str) -> None:
    body = f'{{"number": 1, "weight": "{value}"}}'.encode()
    reply = sorter("POST", PARCELS, body, Content_Type="application/json")
    assert (reply.status, reply.json["code"], reply.json["errors"][0]["pointer"]) == (
        422,
        "invalid",
        "/weight",
    )


def test_numbers_that_the_database_cannot_hold_are_refused(sorter: Client) -> None:
    """Before: 500."""
    reply = sorter("POST", PARCELS, {"number": 10**30, "weight": 1})
    assert (reply.status, reply.json["code"]) == (422, "unusable_value")


@pytest.mark.parametrize(
    "after",
    [
        cursor('["\\ud800"]'),
        cursor('["\\u0000"]'),
        cursor("[99999999999999999999]"),
        cursor('["99999999999999999999"]'),
        cursor("[" * 2_000 + "]" * 2_000),
        cursor("[1e400]"),
        cursor("[true, null]"),
        "\u00e9",
    ],
)
def test_a_made_up_cursor_is_refused(sorter: Client, after: str) -> None:
    """Before: 500 for half a character, for a large number and for deep nesting."""
    reply = sorter("GET", f"{PARCELS}?after={after.encode().hex(':') if not after.isascii() else after}")
    assert (reply.status, reply.json["code"]) == (400, "bad_cursor")


@pytest.mark.parametrize("query", ["limit=%00", "after=%00", "%00=1", "a%00b=1", "limit=1&limit=%00"])
def test_nul_in_a_query_is_a_bad_parameter(sorter: Client, query: str) -> None:
    reply = sorter("GET", f"{PARCELS}?{query}")
    assert reply.status in {200, 400}
    if reply.status == 400:
        assert reply.json["code"] in {"bad_parameter", "bad_cursor"}


@pytest.mark.parametrize(
    "tag", ["1" * 5_000, f'"{"1" * 5_000}"', 'W/"1"', "\u00b2", "*", '"-1"', '"1', '"1", "2"', '"0x1"', ""]
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
    ],
)
def test_an_extreme_hub_time_is_refused(sorter: Client, instant: str) -> None:
    reply = sorter("GET", PARCELS, Hub_Time=instant)
    assert reply.status == 400
    assert reply.json["code"] in {"bad_hub_time", "hub_time_too_far_ahead"}


@pytest.mark.parametrize(
    "origin",
    ["http://[", "http://[::1", "null", "http://", "http://]", "//[", "\u00ff", "https://evil.example"],
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
        {"sub": 7},
        {"sub": ""},
        {"sub": "a\u0000b"},
        {"exp": "tomorrow"},
        {"exp": True},
        {"exp": 1e300},
        {"jti": ["1"]},
    ],
)
def test_a_signed_token_whose_claims_are_of_another_type_is_not_valid(
    sorting: RunningService, claims: dict[str, Any]
) -> None:
    """Before: 500 for roles that are a number; letters of a text were taken for roles."""
    good = {"sub": "tester", "aud": "hub", "exp": 2_000_000_000, "roles": ["sorter"]}
    token = jwt.encode({"alg": "Ed25519"}, good | claims, sorting.keys.key, algorithms=["Ed25519"])
    reply = Client(sorting.port, token)("GET", PARCELS)
    assert (reply.status, reply.json["code"]) == (401, "invalid_token")


@pytest.mark.parametrize(
    ("method", "status"),
    [("HEAD", 200), ("OPTIONS", 204), ("TRACE", 405), ("PROPFIND", 405), ("DELETE", 405)],
)
def test_methods_that_an_address_does_not_take_are_named(
    sorting: RunningService, sorter: Client, method: str, status: int
) -> None:
    reply = sorter(method, PARCELS)
    assert reply.status == status
    if status != 200:
        assert {"GET", "POST"} <= set(reply.headers["Allow"].split(", "))
    else:
        assert reply.body == b""
    assert "Traceback" not in sorting.log


@pytest.mark.parametrize(
    "line",
    [
        b"GET /sorting/v1/parcels HTTP/9.9",
        b"GET http://[ HTTP/1.1",
        b"GET /%ff%fe%00 HTTP/1.1",
        b"\x16\x03\x01\x02\x00",
        b"GET / HTTP/1.1\r\nContent-Length: -1",
        b"GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 5",
        b"GET / HTTP/1.1\r\nHost: [",
    ],
)
def test_bytes_that_are_hardly_http_end_in_no_fault(sorting: RunningService, line: bytes) -> None:
    with socket.create_connection((ports.LOOPBACK, sorting.port), timeout=5) as connection:
        connection.sendall(line + b"\r\nConnection: close\r\n\r\n")
        connection.shutdown(socket.SHUT_WR)
        with contextlib.suppress(ConnectionResetError):
            answer = connection.recv(65536)
            assert b" 500 " not in answer.partition(b"\r\n")[0]
    assert sorting.client("sorter")("GET", PARCELS).status == 200


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
