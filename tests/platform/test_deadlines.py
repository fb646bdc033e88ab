"""A request has a deadline, and one person's many requests do not make others wait."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from eventlet import Timeout, sleep
from tests.platform.sending import PARCELS, parcel
from tests.support.services import Client, RunningService
from tests.support.waiting import wait_until

from hub_platform.deadlines import within
from hub_platform.problems import Problem

MANY = 150


def connections(client: Client) -> float:
    text = client("GET", "/sorting/metrics").body.decode()
    return float(text.partition("\nhub_http_connections ")[2].partition("\n")[0])


def test_what_takes_too_long_is_given_up() -> None:
    with pytest.raises(Problem) as refused, within(0.01):
        sleep(5)
    assert (refused.value.status, refused.value.code) == (503, "took_too_long")
    assert "0.01 s" in refused.value.detail


def test_what_is_done_in_time_has_no_deadline_left() -> None:
    with within(0.01):
        pass
    sleep(0.02)


def test_the_deadline_of_another_request_is_not_this_one() -> None:
    with pytest.raises(Timeout), Timeout(0.01), within(5):
        sleep(5)


def test_a_request_is_answered_by_its_deadline(sorting: RunningService, sorter: Client) -> None:
    """Before: whenever the database was done."""
    began = time.monotonic()
    reply = sorter("GET", "/sorting/v1/wait/20000")
    assert (reply.status, reply.json["code"]) == (503, "took_too_long")
    assert int(reply.headers["Retry-After"]) > 0
    assert time.monotonic() - began < 10
    assert sorter("POST", PARCELS, parcel()).status == 201
    assert "Traceback" not in sorting.log


def test_requests_that_are_given_up_take_nothing_with_them(sorting: RunningService, sorter: Client) -> None:
    """Neither a worker nor a connection of the pool: there are 20 and 30."""
    with ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(lambda _: sorter("GET", "/sorting/v1/wait/20000").status, range(24)))
    assert set(replies) == {503}
    assert sorter("GET", "/sorting/v1/wait/1").status == 200


def test_one_persons_many_requests_do_not_make_others_wait(sorting: RunningService, sorter: Client) -> None:
    """Before: they had all workers, and all requests waited in one queue."""
    other = Client(sorting.port, sorting.keys.issue("other", ["sorter"], timedelta(hours=1)))
    with ThreadPoolExecutor(MANY) as pool:
        slow = [pool.submit(sorter, "GET", "/sorting/v1/wait/400") for _ in range(MANY)]
        wait_until(lambda: connections(other) > MANY / 2)
        for _ in range(5):
            began = time.monotonic()
            assert other("GET", PARCELS).status == 200
            assert sorting.answers()
            assert time.monotonic() - began < 2
        assert not all(one.done() for one in slow)
        assert {one.result().status for one in slow} <= {200, 503}
