"""Over HTTP: printing waits in a short line that one account cannot fill; a failure is a clear problem."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import timedelta

import psutil
import pytest
from tests.enrolment.desk import V1, Desk, problem
from tests.support.services import Client, Reply, RunningService
from tests.support.stalls import seconds
from tests.support.waiting import wait_until

from hub_enrolment.files.reading import heavy

PRESS = "hub_enrolment.templates.press"
MANY = 150
PROMPT = 1.0  # seconds, without the time in which a processor was waited for
FAILURES = 'hub_process_failures_total{reason="killed",work="document"}'


def account(service: RunningService, subject: str) -> Client:
    """The client of one account."""
    return Client(service.port, service.keys.issue(subject, ("hub_admin",), timedelta(hours=1)))


def presses(service: RunningService) -> list[psutil.Process]:
    """The processes of a service that print."""
    assert service.child is not None
    found = []
    for process in psutil.Process(service.child.process.pid).children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            if PRESS in process.cmdline():
                found.append(process)
    return found


@contextmanager
def held_press(
    service: RunningService, pool: ThreadPoolExecutor, path: str
) -> Iterator[tuple[psutil.Process, Future[Reply]]]:
    """A press that stands still while it prints a first document, and the answer to that."""
    first = pool.submit(account(service, "first"), "GET", path)
    wait_until(lambda: presses(service), interval=0.005)
    (press,) = presses(service)
    press.suspend()
    try:
        yield press, first
    finally:
        with suppress(psutil.NoSuchProcess):
            press.resume()


@pytest.fixture(name="path")
def _path(desk: Desk) -> str:
    """Where an attendance sheet is printed."""
    return f"{V1}/sessions/{desk.session(desk.group())}/attendance-sheet"


def test_one_account_cannot_fill_the_line(enrolment: RunningService, path: str) -> None:
    most = heavy.of_one_subject
    ada, bea = account(enrolment, "ada"), account(enrolment, "bea")
    with ThreadPoolExecutor(most + 2) as pool:
        with held_press(enrolment, pool, path) as (_, first):
            sent = [pool.submit(ada, "GET", path) for _ in range(most + 1)]
            wait_until(lambda: any(one.done() for one in sent))
            (refused,) = [one.result() for one in sent if one.done()]
            assert problem(refused)[:2] == (503, "busy")
            assert refused.headers["Retry-After"] == "5"
            other = pool.submit(bea, "GET", path)
        assert {one.result().status for one in [first, other]} == {200}
    assert sorted(one.result().status for one in sent) == [200] * most + [503]


def test_a_full_line_is_503_with_retry_after_for_everyone(enrolment: RunningService, path: str) -> None:
    accounts = [account(enrolment, f"account-{number}") for number in range(heavy.waiting + 1)]
    with ThreadPoolExecutor(len(accounts) + 1) as pool:
        with held_press(enrolment, pool, path) as (_, first):
            sent = [pool.submit(one, "GET", path) for one in accounts]
            wait_until(lambda: any(one.done() for one in sent))
            (refused,) = [one.result() for one in sent if one.done()]
            assert problem(refused)[:2] == (503, "busy")
            assert refused.headers["Retry-After"] == "5"
        assert first.result().status == 200
    assert sorted(one.result().status for one in sent) == [200] * heavy.waiting + [503]


def test_a_press_that_dies_is_a_clear_problem_and_is_counted(enrolment: RunningService, path: str) -> None:
    before = len(enrolment.lines("document_not_printed"))
    with ThreadPoolExecutor(2) as pool, held_press(enrolment, pool, path) as (press, first):
        press.kill()
        reply = first.result()
    assert problem(reply)[:2] == (503, "document_not_printed")
    assert reply.headers["Retry-After"] == "5"
    *_, line = enrolment.lines("document_not_printed")
    assert (line["document"], line["reason"]) == ("AttendanceSheet", "killed")
    assert len(enrolment.lines("document_not_printed")) == before + 1
    assert enrolment.metric(FAILURES) >= 1
    assert account(enrolment, "ada")("GET", path).status == 200


def test_many_documents_of_one_account_do_not_delay_others(enrolment: RunningService, path: str) -> None:
    """Before: each was prepared before it was refused, and others stood in the same line."""
    assert enrolment.child is not None
    ada, bea = account(enrolment, "ada"), account(enrolment, "bea")
    with ThreadPoolExecutor(MANY) as pool:
        sent = [pool.submit(ada, "GET", path) for _ in range(MANY)]
        wait_until(lambda: presses(enrolment), interval=0.005)
        for _ in range(10):
            took = seconds(lambda: bea("GET", f"{V1}/work-groups").status == 200, enrolment.child.process.pid)
            assert took < PROMPT
    assert {one.result().status for one in sent} == {200, 503}
