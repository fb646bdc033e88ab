"""Audit rows of changes, reads of personal data and refusals, saved with the change or not at all."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from parcels.service import SENDER_ID
from tests.platform.sending import PARCELS, parcel
from tests.support.audited import Row, executing, rows, unwritable
from tests.support.services import Client, RunningService

from hub_platform.audit import DONE, FAILED, REFUSED, REPEATED

ids = itertools.count(1)

REFUSE_AT_COMMIT = """
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''no''; END';
CREATE CONSTRAINT TRIGGER refused AFTER INSERT ON parcels DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION refuse()
"""


class Sorting:
    """The example service with its database."""

    def __init__(self, service: RunningService) -> None:
        self.service = service
        self.url = service.environment["HUB_DATABASE_URL"]

    @contextmanager
    def recorded(self) -> Iterator[list[Row]]:
        """Collect the rows that are written meanwhile."""
        written: list[Row] = []
        before = len(rows(self.url))
        yield written
        written += rows(self.url)[before:]

    def parcels(self, number: object) -> int:
        with sa.create_engine(self.url, poolclass=sa.NullPool).connect() as connection:
            counted = sa.text("SELECT count(*) FROM parcels WHERE number = :number")
            return int(connection.scalar(counted, {"number": number}) or 0)

    def events(self, number: object) -> int:
        with sa.create_engine(self.url, poolclass=sa.NullPool).connect() as connection:
            counted = sa.text("SELECT count(*) FROM outbox WHERE subject = :subject")
            return int(connection.scalar(counted, {"subject": f"parcels/{number}"}) or 0)


@pytest.fixture(name="sorted_by")
def _sorted_by(sorting: RunningService) -> Sorting:
    return Sorting(sorting)


def told(row: Row) -> tuple[Any, ...]:
    return row["method"], row["route"], row["outcome"], row["status"], row["code"]


def test_a_change_says_who_did_what_when_and_from_where(sorter: Client, sorted_by: Sorting) -> None:
    sent, before = parcel(), datetime.now(UTC)
    request_id = f"audit-{next(ids)}"
    with sorted_by.recorded() as written:
        assert sorter("POST", PARCELS, sent, X_Request_ID=request_id).status == 201
    (row,) = written
    assert told(row) == ("POST", PARCELS, DONE, 201, None)
    assert (row["account"], row["roles"]) == ("tester", ["sorter"])
    assert (row["address"], row["address_shortened"]) == ("127.0.0.1", False)
    assert before <= row["at"] <= datetime.now(UTC)
    assert row["subjects"] == {"number": [str(sent["number"])]}
    assert row["correlation_id"] == request_id


def test_hub_time_does_not_change_when_it_was_done(sorter: Client, sorted_by: Sorting) -> None:
    future = datetime.now(UTC) + timedelta(days=30)
    with sorted_by.recorded() as written:
        assert sorter("POST", PARCELS, parcel(), Hub_Time=future.isoformat()).status == 201
    assert written[0]["at"] < future - timedelta(days=29)


def test_a_change_that_cannot_be_committed_leaves_only_that_it_failed(
    sorter: Client, sorted_by: Sorting
) -> None:
    sent = parcel()
    undo = "DROP TRIGGER refused ON parcels; DROP FUNCTION refuse"
    with sorted_by.recorded() as written, executing(sorted_by.url, REFUSE_AT_COMMIT, undo):
        assert sorter("POST", PARCELS, sent).status == 500
    assert (sorted_by.parcels(sent["number"]), sorted_by.events(sent["number"])) == (0, 0)
    assert list(map(told, written)) == [("POST", PARCELS, FAILED, 500, "internal_error")]


def test_a_change_that_cannot_be_recorded_is_not_made(sorter: Client, sorted_by: Sorting) -> None:
    sent = parcel()
    with sorted_by.recorded() as written, unwritable(sorted_by.url):
        assert sorter("POST", PARCELS, sent).status == 500
    assert (sorted_by.parcels(sent["number"]), sorted_by.events(sent["number"])) == (0, 0)
    assert written == []
    assert sorted_by.service.lines("audit_not_written")[-1]["route"] == PARCELS
    assert sorter("POST", PARCELS, sent).status == 201


def test_a_repeated_request_is_recorded_as_one_change_and_a_repeat(
    sorter: Client, sorted_by: Sorting
) -> None:
    sent = parcel()
    with sorted_by.recorded() as written:
        for _ in range(2):
            assert sorter("POST", PARCELS, sent, Idempotency_Key=f"audit {sent['number']}").status == 201
    assert [row["outcome"] for row in written] == [DONE, REPEATED]
    assert [row["subjects"] for row in written] == [{"number": [str(sent["number"])]}] * 2
    assert sorted_by.events(sent["number"]) == 1


@pytest.mark.parametrize(
    ("body", "headers", "status", "code"),
    [
        ({"number": 0, "weight": 0}, {}, 422, "invalid"),
        (b"{", {"Content_Type": "application/json"}, 400, "malformed_json"),
        ({"number": 10**6, "weight": 1}, {"Idempotency_Key": ""}, 400, "bad_idempotency_key"),
        ({"number": 10**6, "weight": 1}, {"Hub_Time": "noon"}, 400, "bad_hub_time"),
    ],
)
def test_a_refused_request_is_recorded_without_what_was_sent(
    sorter: Client, sorted_by: Sorting, body: Any, headers: dict[str, str], status: int, code: str
) -> None:
    with sorted_by.recorded() as written:
        assert sorter("POST", PARCELS, body, **headers).status == status
    assert list(map(told, written)) == [("POST", PARCELS, REFUSED, status, code)]
    assert (written[0]["account"], written[0]["subjects"]) == ("tester", {})


def test_a_rule_that_refuses_is_recorded_once(sorter: Client, sorted_by: Sorting) -> None:
    sent = parcel()
    sorter("POST", PARCELS, sent)
    with sorted_by.recorded() as written:
        assert sorter("POST", PARCELS, sent).status == 409
    assert list(map(told, written)) == [("POST", PARCELS, REFUSED, 409, "already_sorted")]


def test_an_account_without_the_role_is_recorded_by_name(sorted_by: Sorting) -> None:
    stranger = sorted_by.service.client("postman")
    with sorted_by.recorded() as written:
        assert stranger("POST", PARCELS, parcel()).status == 403
        assert stranger("GET", f"{PARCELS}/7/sender").status == 403
    assert [(row["account"], row["roles"], row["code"]) for row in written] == [
        ("tester", ["postman"], "forbidden")
    ] * 2


def test_a_sender_without_a_valid_credential_fills_no_table(sorted_by: Sorting) -> None:
    port = sorted_by.service.port
    with sorted_by.recorded() as written:
        assert Client(port)("POST", PARCELS, parcel()).status == 401
        assert Client(port, "forged")("POST", PARCELS, parcel()).status == 401
        assert Client(port)("GET", f"{PARCELS}/7/sender").status == 401
    assert written == []


def test_what_anyone_may_change_is_recorded_as_anonymous(sorted_by: Sorting) -> None:
    with sorted_by.recorded() as written:
        assert Client(sorted_by.service.port)("POST", "/sorting/v1/anyones-bytes", b"1").status == 200
    assert [(row["account"], row["roles"], row["outcome"]) for row in written] == [("anonymous", [], DONE)]


def test_who_reads_personal_data_is_recorded_with_whose(sorter: Client, sorted_by: Sorting) -> None:
    with sorted_by.recorded() as written:
        assert sorter("GET", f"{PARCELS}/7/sender").json["given"] == "Ada"
    (row,) = written
    assert told(row) == ("GET", f"{PARCELS}/<int:number>/sender", DONE, 200, None)
    assert row["subjects"] == {"number": ["7"], "sender_id": [SENDER_ID]}
    assert "Ada" not in str(row)


def test_personal_data_that_cannot_be_recorded_is_not_shown(sorter: Client, sorted_by: Sorting) -> None:
    with unwritable(sorted_by.url):
        for page in ("sender", "label"):
            reply = sorter("GET", f"{PARCELS}/7/{page}")
            assert reply.status == 500
            assert b"Ada" not in reply.body


def test_an_answer_made_after_the_transaction_is_recorded_when_it_is_made(
    sorter: Client, sorted_by: Sorting
) -> None:
    route = f"{PARCELS}/<int:number>/label"
    with sorted_by.recorded() as written:
        assert sorter("GET", f"{PARCELS}/4/label").body == b"Ada, 0.25"
        assert sorter("GET", f"{PARCELS}/0/label").status == 500
    assert list(map(told, written)) == [
        ("GET", route, DONE, 200, None),
        ("GET", route, FAILED, 500, "internal_error"),
    ]
    assert written[0]["subjects"] == {"number": ["4"], "sender_id": [SENDER_ID]}
    assert written[0]["correlation_id"]


def test_other_reads_are_not_recorded(sorter: Client, sorted_by: Sorting) -> None:
    with sorted_by.recorded() as written:
        for path in (PARCELS, "/sorting/page", "/sorting/metrics", "/sorting/health/ready"):
            assert sorter("GET", path).status == 200
        assert sorter("GET", f"{PARCELS}?limit=many").status == 400
        assert sorter("POST", "/sorting/v1/nothing").status == 404
    assert written == []


def test_the_address_is_the_visitors_behind_a_gateway(behind_gateway: RunningService) -> None:
    sorter = behind_gateway.client("sorter")
    for forwarded, address in (("203.0.113.7", "203.0.113.7"), ("2001:db8::7", "2001:db8::7"), ("odd", None)):
        request_id = f"forwarded-{next(ids)}"
        sorter("POST", PARCELS, parcel(), X_Forwarded_For=forwarded, X_Request_ID=request_id)
        (row,) = rows(behind_gateway.environment["HUB_DATABASE_URL"], correlation_id=request_id)
        assert row["address"] == address
