"""Waiting until everything has arrived."""

from typing import Any

import pytest
from tests.demonstration.stub import Stub

from hub_demo.settling import settle
from hub_local.failures import CannotStart
from hub_local.ports import any_free


def metrics(recorded: int, pending: int = 0, waiting: int = 0, parked: int = 0, received: int = 0) -> str:
    return (
        "# HELP hub_outbox_recorded_total Events recorded here so far.\n"
        f"hub_outbox_recorded_total {recorded}.0\n"
        f"hub_outbox_pending {pending}.0\n"
        f'hub_inbox_deliveries{{state="waiting"}} {waiting}.0\n'
        f'hub_inbox_deliveries{{state="parked"}} {parked}.0\n'
        f"hub_inbox_received_total {received}.0\n"
    )


def move(stub: Stub, *states: dict[str, Any]) -> None:
    """Let a hub be in one state after the other, and stay in the last one."""
    for number, path in enumerate(("enrolment", "visits", "notifications", "reporting")):
        stub.keep(f"/{path}/metrics", *[metrics(**state["metrics"][number]) for state in states])
    stub.keep("/reporting/v1/freshness", *[{"events": s["events"], "parked": s["parked"]} for s in states])
    stub.keep("/notifications/v1/summary", {"due": 3, "sending": 0, "sent": 7})  # three wait for Monday
    stub.keep("/notifications/v1/clock", *[{"work_left": {"messages to send": s["due"]}} for s in states])


def hub(events: int, *, due: int = 0, pending: int = 0, waiting: int = 0, parked: int = 0) -> dict[str, Any]:
    """A hub whose publishers have recorded 10, 5 and 2 events."""
    return {
        "events": events,
        "due": due,
        "parked": parked,
        "metrics": [
            {"recorded": 10, "pending": pending},
            {"recorded": 5},
            {"recorded": 2, "waiting": waiting},
            {"recorded": 0, "parked": parked},
        ],
    }


def test_it_is_settled_when_every_event_and_email_has_arrived(stub: Stub) -> None:
    move(stub, hub(3, pending=4), hub(12, due=2), hub(17, waiting=1), hub(17))
    state = settle(stub.addresses, "token", patience=5)
    assert (state.recorded, state.projected, state.parked, state.messages_sent) == (17, 17, 0, 7)
    assert len(stub.at("/reporting/v1/freshness")) >= 6


def test_what_is_parked_is_not_waited_for_but_counted(stub: Stub) -> None:
    move(stub, hub(16, parked=1))
    assert settle(stub.addresses, "token", patience=5).parked == 1


@pytest.mark.parametrize("stuck", [hub(16), hub(17, due=1), hub(17, pending=1), hub(17, waiting=1)], ids=str)
def test_a_hub_in_which_something_stays_on_its_way_is_given_up(stub: Stub, stuck: dict[str, Any]) -> None:
    move(stub, stuck)
    with pytest.raises(CannotStart, match=r"what is outstanding: reporting has 1[67] of 17 events"):
        settle(stub.addresses, "token", patience=0.6)


def test_a_service_that_is_away_is_waited_for(stub: Stub) -> None:
    move(stub, hub(17))
    stub.dropped["/reporting/v1/freshness"] = 2
    assert settle(stub.addresses, "token", patience=5).projected == 17


def test_a_service_that_stays_away_is_said(stub: Stub) -> None:
    away = stub.addresses | {"reporting": f"http://127.0.0.1:{any_free()}"}
    with pytest.raises(CannotStart, match="a service does not answer"):
        settle(away, "token", patience=0.3)
