"""The hub's clock is set everywhere, and nothing goes on until what was due has been done."""

import contextlib
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.demonstration.stub import Stub

from hub_demo.telling import Teller
from hub_local.failures import CannotStart
from hub_local.ports import any_free

AT = datetime(2025, 9, 30, 17, tzinfo=UTC)
BEFORE, AFTER = "2025-09-30T16:59:59Z", "2025-09-30T17:00:00Z"
NOTIFICATIONS = "/notifications/v1/clock"


def clock(turn: str = AFTER, work: int = 0) -> dict[str, Any]:
    return {"hub_time": AFTER, "timers": {"send_due": turn}, "work_left": {"messages to send": work}}


def settled(stub: Stub) -> Stub:
    for service in stub.addresses:
        stub.keep(f"/{service}/v1/clock", clock())
    return stub


def settle(stub: Stub, patience: float = 5.0, **addresses: str) -> None:
    with contextlib.closing(Teller(stub.addresses | addresses, "token")) as teller:
        teller.settle(AT, patience)


def test_the_clock_of_every_service_is_set(stub: Stub) -> None:
    settle(settled(stub))
    assert {one.path for one in stub.received} == {f"/{service}/v1/clock" for service in stub.addresses}
    assert {one.headers["Hub-Time"] for one in stub.received} == {AT.isoformat()}
    assert len(stub.at(NOTIFICATIONS)) == 2


@pytest.mark.parametrize(
    "busy", [clock(work=3), clock(turn=BEFORE)], ids=["work is left", "a timer is behind"]
)
def test_it_waits_until_two_looks_in_a_row_find_nothing_to_do(stub: Stub, busy: dict[str, Any]) -> None:
    settled(stub).keep(NOTIFICATIONS, busy, clock(), busy, busy, clock())
    settle(stub)
    assert len(stub.at(NOTIFICATIONS)) == 6


@pytest.mark.parametrize(
    ("busy", "words"),
    [(clock(work=3), "3 messages to send"), (clock(turn=BEFORE), "send_due has not run")],
)
def test_a_hub_that_does_not_settle_is_named(stub: Stub, busy: dict[str, Any], words: str) -> None:
    settled(stub).keep(NOTIFICATIONS, busy)
    with pytest.raises(CannotStart, match=words):
        settle(stub, patience=0.1)


def test_a_service_that_does_not_answer_for_a_moment_is_asked_again(stub: Stub) -> None:
    settled(stub).dropped[NOTIFICATIONS] = 1
    stub.plan("/visits/v1/clock", (503, {"code": "database_away"}))
    settle(stub)


def test_reporting_may_be_away(stub: Stub) -> None:
    settle(settled(stub), reporting=f"http://127.0.0.1:{any_free()}")


def test_a_refused_time_gives_a_sentence(stub: Stub) -> None:
    refused = {"code": "hub_time_refused", "detail": "This deployment does not accept Hub-Time."}
    settled(stub).plan(NOTIFICATIONS, (400, refused))
    words = "notifications refuses 30 September 2025 17:00 UTC as the hub's time: 400 hub_time_refused"
    with pytest.raises(CannotStart, match=words):
        settle(stub)


def test_the_clock_can_be_set_without_waiting(stub: Stub) -> None:
    stub.keep(NOTIFICATIONS, clock(work=3))
    stub.keep("/enrolment/v1/clock", clock())
    stub.dropped["/visits/v1/clock"] = 1
    with contextlib.closing(Teller(stub.addresses, "token")) as teller:
        teller.tell(AT)
    assert len(stub.received) == 3, "reporting only listens"
