"""Behaviour of every route of every service, over real HTTP."""

import concurrent.futures

import pytest
from tests.platform.sending import PARCELS, parcel
from tests.support.services import Client, RunningService

from hub_platform import __version__


def test_a_created_resource_has_a_location_and_an_etag(sorter: Client) -> None:
    sent = parcel()
    reply = sorter("POST", PARCELS, sent)
    assert (reply.status, reply.json) == (201, sent)
    assert reply.headers["Location"] == f"{PARCELS}/{sent['number']}"
    assert reply.headers["Etag"] == '"1"'


def test_the_same_key_and_body_give_the_first_answer_and_one_effect(
    sorter: Client, sorting: RunningService
) -> None:
    sent = parcel()
    before = sorting.metric("hub_outbox_recorded_total")
    first = sorter("POST", PARCELS, sent, Idempotency_Key="again")
    second = sorter("POST", PARCELS, sent, Idempotency_Key="again")
    assert (first.status, first.body) == (second.status, second.body)
    assert second.headers["Location"] == first.headers["Location"]
    assert sorting.metric("hub_outbox_recorded_total") == before + 1


def test_the_same_key_with_another_body_is_refused(sorter: Client) -> None:
    sorter("POST", PARCELS, parcel(), Idempotency_Key="other body")
    reply = sorter("POST", PARCELS, parcel(), Idempotency_Key="other body")
    assert (reply.status, reply.json["code"]) == (422, "idempotency_key_reused")


def test_the_same_key_sent_at_once_takes_effect_once(sorter: Client) -> None:
    sent = parcel()
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(lambda _: sorter("POST", PARCELS, sent, Idempotency_Key="at once"), range(8)))
    assert {reply.status for reply in replies} == {201}


def test_a_refusal_does_not_use_up_the_key(sorter: Client) -> None:
    sent = parcel()
    sorter("POST", PARCELS, sent)
    assert sorter("POST", PARCELS, sent, Idempotency_Key="refused").status == 409
    assert sorter("POST", PARCELS, parcel(), Idempotency_Key="refused").status == 201


def test_a_rule_of_the_service_is_a_problem_with_its_code_and_pointer(sorter: Client) -> None:
    sent = parcel()
    sorter("POST", PARCELS, sent)
    reply = sorter("POST", PARCELS, sent)
    assert reply.headers["Content-Type"] == "application/problem+json"
    assert reply.json == {
        "type": "/problems/already_sorted",
        "title": "Conflict",
        "status": 409,
        "detail": "This parcel lies on its shelf already.",
        "code": "already_sorted",
        "errors": [{"pointer": "/number", "detail": "This parcel lies on its shelf already."}],
    }


@pytest.mark.parametrize(
    ("body", "status", "code", "pointers"),
    [
        ({}, 422, "invalid", {"/number", "/weight"}),
        ({"number": 1, "weight": 0}, 422, "invalid", {"/weight"}),
        ({"number": 1, "weight": 1, "colour": "red"}, 422, "invalid", {"/colour"}),
        (b"{", 400, "malformed_json", set()),
        (b"[1]", 400, "malformed_json", set()),
        (b"\xff", 400, "malformed_json", set()),
    ],
)
def test_a_bad_body_is_answered_with_code_and_pointer(
    sorter: Client, body: object, status: int, code: str, pointers: set[str]
) -> None:
    reply = sorter("POST", PARCELS, body, Content_Type="application/json")
    assert (reply.status, reply.json["code"]) == (status, code)
    assert {error["pointer"] for error in reply.json.get("errors", [])} == pointers


def test_a_body_of_another_kind_is_refused(sorter: Client) -> None:
    reply = sorter("POST", PARCELS, b"number=1", Content_Type="application/x-www-form-urlencoded")
    assert (reply.status, reply.json["code"]) == (415, "unsupported_media_type")


def test_a_body_that_is_too_large_is_refused(sorter: Client) -> None:
    reply = sorter("POST", PARCELS, b" " * (1024 * 1024 + 1), Content_Type="application/json")
    assert (reply.status, reply.json["code"]) == (413, "request_entity_too_large")


def test_bytes_are_taken_as_they_come(sorter: Client) -> None:
    reply = sorter("POST", "/sorting/v1/bytes", b"\xff\x00", Content_Type="text/csv")
    assert reply.json == {"bytes": 2}


def test_a_stranger_may_send_little(sorting: RunningService) -> None:
    stranger = Client(sorting.port)
    assert stranger("POST", "/sorting/v1/anyones-bytes", b"x" * 65_536).json == {"bytes": 65_536}
    assert stranger("POST", "/sorting/v1/anyones-bytes", b"x" * 65_537).status == 413


def test_an_unknown_parameter_is_refused(sorter: Client) -> None:
    reply = sorter("GET", f"{PARCELS}?colour=red")
    assert (reply.status, reply.json["code"]) == (400, "bad_parameter")
    assert reply.json["errors"] == [{"pointer": "/colour", "detail": "Unknown field."}]


def test_a_list_is_read_page_by_page_without_gap_or_repeat(sorter: Client) -> None:
    for _ in range(5):
        sorter("POST", PARCELS, parcel())
    seen: list[int] = []
    path = f"{PARCELS}?limit=2"
    while True:
        page = sorter("GET", path).json
        assert len(page["items"]) <= 2
        seen += [item["number"] for item in page["items"]]
        if page["next"] is None:
            break
        path = f"{PARCELS}?limit=2&after={page['next']}"
    assert seen == sorted(set(seen))
    assert len(seen) >= 5


@pytest.mark.parametrize("after", ["rubbish", "W10", "WyJ4Il0", "e30"])
def test_a_cursor_of_no_list_is_refused(sorter: Client, after: str) -> None:
    reply = sorter("GET", f"{PARCELS}?after={after}")
    assert (reply.status, reply.json["code"]) == (400, "bad_cursor")


def test_a_change_needs_the_revision_it_is_based_on(sorter: Client) -> None:
    sent = parcel()
    sorter("POST", PARCELS, sent)
    path = f"{PARCELS}/{sent['number']}"
    assert sorter("PUT", path, {"weight": 9}).json["code"] == "if_match_required"
    assert sorter("PUT", path, {"weight": 9}, If_Match="rubbish").json["code"] == "stale"
    for none in ("*", '"1"'):
        assert sorter("PUT", path, {"weight": 9}, If_None_Match=none, If_Match='"1"').json["code"] == "stale"
    assert sorter("PUT", path, {"weight": 9}, If_Match='"1"').headers["Etag"] == '"2"'


def test_a_value_of_the_address_is_not_taken_from_the_body(sorter: Client) -> None:
    reply = sorter("PUT", f"{PARCELS}/1", {"number": 2, "weight": 9}, If_Match='"1"')
    assert (reply.status, reply.json["errors"][0]["pointer"]) == (422, "/number")


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/sorting/nowhere", 404, "not_found"),
        ("GET", "/", 404, "not_found"),
        ("DELETE", PARCELS, 405, "method_not_allowed"),
        ("GET", "/sorting/v1/fault", 500, "internal_error"),
    ],
)
def test_every_error_is_a_problem(sorter: Client, method: str, path: str, status: int, code: str) -> None:
    reply = sorter(method, path)
    assert (reply.status, reply.json["code"]) == (status, code)
    assert reply.headers["Content-Type"] == "application/problem+json"


def test_a_fault_shows_nothing_of_itself(sorter: Client, sorting: RunningService) -> None:
    reply = sorter("GET", "/sorting/v1/fault", X_Request_ID="fault-1")
    assert b"secret" not in reply.body
    assert b"RuntimeError" not in reply.body
    assert "secret of anonymous" not in sorting.log
    assert '"correlation_id": "fault-1"' in sorting.log


def test_an_id_of_the_sender_is_kept_and_anything_else_is_not(sorter: Client) -> None:
    sent = sorter("POST", PARCELS, parcel(), X_Request_ID="order-7.1")
    assert sent.headers["X-Request-Id"] == "order-7.1"
    other = sorter("POST", PARCELS, parcel(), X_Request_ID="Ada Lovelace, ada@example.org")
    assert "Ada" not in other.headers["X-Request-Id"]


@pytest.mark.parametrize("key", ["", "x" * 201, "k\u00e9y".encode().decode("latin-1")])
def test_an_idempotency_key_is_short_and_printable(sorter: Client, key: str) -> None:
    reply = sorter("POST", PARCELS, parcel(), Idempotency_Key=key)
    assert (reply.status, reply.json["code"]) == (400, "bad_idempotency_key")


def test_405_says_what_is_allowed(sorter: Client) -> None:
    assert sorter("DELETE", PARCELS).headers["Allow"] == "GET, HEAD, POST"


@pytest.mark.parametrize("told", ["yesterday", "2025-09-04T09:00:00", "", "0001-01-01T00:00:00+14:00"])
def test_a_hub_time_that_is_no_instant_is_refused(sorter: Client, told: str) -> None:
    reply = sorter("POST", PARCELS, parcel(), Hub_Time=told)
    assert (reply.status, reply.json["code"]) == (400, "bad_hub_time")


def test_the_description_names_every_route(sorter: Client) -> None:
    document = sorter("GET", "/sorting/v1/openapi.json").json
    assert set(document["paths"]) >= {
        PARCELS,
        f"{PARCELS}/{{number}}",
        "/sorting/health/ready",
        "/sorting/metrics",
    }
    body = document["paths"][f"{PARCELS}/{{number}}"]["put"]["requestBody"]
    assert body["content"]["application/json"]["schema"]
    assert body["required"]
    assert document["paths"][PARCELS]["post"]["x-roles"] == ["sorter"]


def test_the_probes_answer_without_a_token(sorting: RunningService) -> None:
    assert Client(sorting.port)("GET", "/sorting/health/live").json == {"status": "live"}
    assert Client(sorting.port)("GET", "/sorting/health/ready").json == {"status": "ready"}
    assert Client(sorting.port)("GET", "/sorting/version").status == 401


def test_a_service_says_which_release_it_is(sorter: Client) -> None:
    assert sorter("GET", "/sorting/version").json == {"service": "sorting", "version": __version__}
