"""Two processes of one publisher: one sends, the other takes over when it goes."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.services import RunningService, running_service
from tests.support.waiting import wait_until


@pytest.fixture(name="second")
def _second(sorting: RunningService, tmp_path: Path) -> Iterator[RunningService]:
    wait_until(lambda: "sending" if sorting.ready() else None)
    with running_service(
        tmp_path / "second",
        "sorting",
        ("parcels", "sorting"),
        database_url=sorting.environment["HUB_DATABASE_URL"],
        amqp_uri=sorting.environment["HUB_AMQP_URI"],
    ) as service:
        wait_until(service.ready)
        yield service


def sort(service: RunningService, number: int) -> None:
    body = {"number": number, "weight": 1}
    assert service.client("sorter")("POST", "/sorting/v1/parcels", body).status == 201


def test_one_replica_sends_what_either_records_and_the_other_takes_over(
    sorting: RunningService, second: RunningService
) -> None:
    sort(sorting, 1)
    sort(second, 2)
    wait_until(lambda: sorting.metric("hub_outbox_pending") == 0)
    assert sorting.metric("hub_outbox_published_total") == 2
    assert second.metric("hub_outbox_published_total") == 0
    assert sorting.child is not None
    sorting.child.process.send_signal(signal.SIGKILL)
    sorting.child.process.wait()
    sort(second, 3)
    wait_until(lambda: second.metric("hub_outbox_published_total") == 1, deadline=20)


def test_a_replica_that_waits_for_its_turn_leaves_when_asked(
    sorting: RunningService, second: RunningService
) -> None:
    assert second.child is not None
    second.child.process.send_signal(signal.SIGTERM)
    assert second.child.process.wait(10) == 0
    sort(sorting, 1)
    wait_until(lambda: sorting.metric("hub_outbox_pending") == 0)
