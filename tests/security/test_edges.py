"""Requests that strangers and mistaken programs send to a service: a clear refusal each time, never a 500.

Here bodies, addresses and queries; headers and methods are in test_edges_of_headers.py, what the hub's own
services make of odd values in tests/interfaces/test_odd_values.py.
"""

import base64
import errno
import socket

import pytest
from tests.support.services import Client, RunningService

from hub_local import ports

PARCELS = "/sorting/v1/parcels"
DEEP = 20_000


def cursor(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"[" * DEEP + b"]" * DEEP, id="lists"),
        pytest.param(b'{"a":' * DEEP + b"1" + b"}" * DEEP, id="objects"),
        pytest.param(b'{"number": 1, "weight": ' + b"[" * 200 + b"]" * 200 + b"}", id="200 levels"),
        pytest.param(b'{"number": ' + b"1" * 5_000 + b', "weight": 1}', id="5,000 digits"),
        pytest.param(b'{"\\ud800": 1}', id="an unpaired surrogate as a name"),
        pytest.param(b'{"number": "\xed\xa0\x80"}', id="an unpaired surrogate in bytes"),
        pytest.param('{"number": 1}'.encode("utf-16"), id="UTF-16"),
        pytest.param('{"number": 1}'.encode("utf-8-sig"), id="a byte order mark"),
        pytest.param(b'{"number": 1}\0', id="NUL behind it"),
        pytest.param(b'{"number": NaN, "weight": 1}', id="NaN"),
        pytest.param(b'{"number": 1, "weight": -Infinity}', id="infinite"),
        pytest.param(b'{"number": 1e400, "weight": 1}', id="beyond every number"),
        pytest.param(b'[{"number": 1}]', id="a list"),
        pytest.param(b"null", id="nothing"),
        pytest.param(b'{"number": 1, "\\u0000": 1}', id="NUL in a name"),
        pytest.param(b'{"a":[' * DEEP + b"]}" * DEEP, id="both in turn"),
    ],
)
def test_bodies_that_no_rule_can_use_are_malformed(sorter: Client, body: bytes) -> None:
    """Before: 500 for deep JSON, an unpaired surrogate as a name and infinite numbers."""
    reply = sorter("POST", PARCELS, body, Content_Type="application/json")
    assert (reply.status, reply.json["code"]) == (400, "malformed_json")


@pytest.mark.parametrize(
    "value", ["\\udfff", "\\u0000", "a\\ud800b", "\\udc00\\ud800", "\\ud83d", "x\\u0000"]
)
def test_a_value_that_is_no_text_is_named(sorter: Client, value: str) -> None:
    body = f'{{"number": 1, "weight": "{value}"}}'.encode()
    reply = sorter("POST", PARCELS, body, Content_Type="application/json")
    assert (reply.status, reply.json["code"], reply.json["errors"][0]["pointer"]) == (
        422,
        "invalid",
        "/weight",
    )


@pytest.mark.parametrize("number", [10**30, -(10**30), 2**31, -(2**31) - 1, 2**63, 10**4_000])
def test_numbers_that_the_database_cannot_hold_are_refused(sorter: Client, number: int) -> None:
    """Before: the database's error was answered with 500."""
    body = b'{"number": %s, "weight": 1}' % str(number).encode()
    reply = sorter("POST", PARCELS, body, Content_Type="application/json")
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
    """Before: 500 for an unpaired surrogate, for a large number and for deep nesting."""
    reply = sorter("GET", f"{PARCELS}?after={after.encode().hex(':') if not after.isascii() else after}")
    assert (reply.status, reply.json["code"]) == (400, "bad_cursor")


@pytest.mark.parametrize("query", ["limit=%00", "after=%00", "%00=1", "a%00b=1", "limit=1&limit=%00"])
def test_nul_in_a_query_is_a_bad_parameter(sorter: Client, query: str) -> None:
    reply = sorter("GET", f"{PARCELS}?{query}")
    assert reply.status in {200, 400}
    if reply.status == 400:
        assert reply.json["code"] in {"bad_parameter", "bad_cursor"}


@pytest.mark.parametrize(
    "address",
    [
        "/%00",
        f"{PARCELS}/%00",
        f"{PARCELS}/1%00",
        f"{PARCELS}/{'1' * 5_000}",
        f"{PARCELS}/-1",
        f"{PARCELS}/%ED%A0%80",
        f"{PARCELS}/1%2F2",
        "//",
        "/sorting/../../etc/passwd",
        "/%F0%9F%98%80",
    ],
)
def test_an_address_that_names_nothing_is_not_found(sorter: Client, address: str) -> None:
    reply = sorter("PUT", address, {"number": 1, "weight": 2}, If_Match='"1"')
    assert (reply.status, reply.json["code"]) == (404, "not_found")


def test_strangers_who_name_the_same_key_are_not_taken_for_one(sorting: RunningService) -> None:
    """Before: the second was refused for another request's key, or was given the first answer."""
    for body in (b"one", b"three", b"one"):
        stranger = Client(sorting.port, headers={"X-Forwarded-For": f"192.0.2.{len(body)}"})
        reply = stranger("POST", "/sorting/v1/anyones-bytes", body, Idempotency_Key="1")
        assert reply.status == 429 or reply.json == {"bytes": len(body)}


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
        b"GET / HTTP/1.1\r\nHost: ]:99999999",
        b"GET / HTTP/1.1\r\nContent-Length: 1e3",
        b"GET / HTTP/1.1\r\nContent-Length: \xb2",
        b"GET / HTTP/1.1\r\nNoColon",
        b"GET / HTTP/1.1\r\n folded: x",
        b"GET / HTTP/1.1\r\nX: " + b"a" * 70_000,
        b"GET /" + b"a" * 9_000 + b" HTTP/1.1",
        b"G\xffT / HTTP/1.1",
        b"OPTIONS * HTTP/1.1",
        b"PRI * HTTP/2.0",
    ],
)
def test_bytes_that_are_hardly_http_end_in_no_fault(sorting: RunningService, line: bytes) -> None:
    with socket.create_connection((ports.LOOPBACK, sorting.port), timeout=30) as connection:
        try:
            connection.sendall(line + b"\r\nConnection: close\r\n\r\n")
            connection.shutdown(socket.SHUT_WR)
            answer = connection.recv(65536)
            assert b" 500 " not in answer.partition(b"\r\n")[0]
        except OSError as exc:  # it may end such a connection without reading all of it
            if exc.errno not in {errno.ECONNRESET, errno.EPIPE, errno.ENOTCONN}:
                raise
    assert sorting.client("sorter")("GET", PARCELS).status == 200
