"""Over HTTP: no file hurts the service. It answers probes and stays within its memory while it reads one."""

import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from datetime import timedelta

from tests.enrolment.desk import Desk, problem
from tests.enrolment.lists import as_csv, line
from tests.enrolment.workbook_files import as_parts
from tests.support.services import RunningService
from tests.support.stalls import Watched, watched

from hub_enrolment.api.uploads import XLSX
from hub_enrolment.files.reading import register as turns
from hub_local.ports import LOOPBACK

MEGABYTE = 1024 * 1024
CONTAINER = 256 * MEGABYTE  # deploy/compose.yaml
PROBE = 0.3  # seconds
NESTED = as_parts("<a>" * 400_000 + "</a>" * 400_000)


def check(seen: Watched) -> None:
    """Raise unless every probe was answered in time, and the memory was enough."""
    assert max(seen.probes) <= PROBE
    assert seen.memory < CONTAINER


def register(megabytes: int) -> Iterator[bytes]:
    """A links file as large as that; most of it is a column that is not read."""
    yield b"URN,LinkURN,LinkName,LinkType,LinkEstablishedDate\r\n"
    name = b"x" * 50_000
    for number in range(megabytes * MEGABYTE // len(name)):
        yield b"%d,%d,%s,Other,01-09-2025\r\n" % (300_000 + number, 200_000 + number, name)


def test_a_nested_workbook_is_refused_while_probes_are_answered(
    desk: Desk, enrolment: RunningService
) -> None:
    address = f"work-groups/{desk.group()}/uploads?mode=preview"
    assert len(NESTED) < 16 * 1024
    with watched(enrolment) as seen:
        for _ in range(4):
            reply = desk.post(address, NESTED, Content_Type=XLSX)
            assert problem(reply)[:2] == (422, "file_damaged")
    check(seen)


def test_a_register_file_of_120_megabytes_is_read_within_the_memory_of_the_container(
    desk: Desk, enrolment: RunningService
) -> None:
    raw = b"".join(register(120))
    with watched(enrolment) as seen:
        assert desk.imports(raw, "preview")["rows"] == 120 * MEGABYTE // 50_000
    check(seen)


def test_the_key_of_a_request_is_bound_to_the_file_that_was_sent(desk: Desk) -> None:
    address, key = f"work-groups/{desk.group()}/uploads?mode=preview", f"{time.monotonic()}"
    raw = as_csv(line(desk.schools()[0]))
    first = desk.post(address, raw, Idempotency_Key=key)
    assert desk.post(address, raw, Idempotency_Key=key).json == first.json
    other = desk.post(address, raw + b"\r\n", Idempotency_Key=key)
    assert problem(other)[:2] == (422, "idempotency_key_reused")


def test_one_account_sending_many_files_at_once_gets_busy(desk: Desk, enrolment: RunningService) -> None:
    address = f"work-groups/{desk.group()}/uploads?mode=preview"
    with watched(enrolment) as seen, ThreadPoolExecutor(16) as pool:
        replies = list(pool.map(lambda _: desk.post(address, NESTED, Content_Type=XLSX), range(16)))
    assert {reply.status for reply in replies} == {422, 503}
    busy = [reply for reply in replies if reply.status == 503]
    assert {problem(reply)[1] for reply in busy} == {"busy"}
    assert {reply.headers["Retry-After"] for reply in busy} == {"5"}
    assert desk.post(address, NESTED, Content_Type=XLSX).status == 422
    assert seen.memory < CONTAINER


@contextmanager
def half_sent(service: RunningService, subject: str) -> Iterator[socket.socket]:
    """A register's file of which one half has been sent, and the other is not to come yet."""
    token = service.keys.issue(subject, ("hub_admin",), timedelta(hours=1))
    first, *rest = register(1)
    head = (
        "POST /enrolment/v1/imports/gias?mode=preview HTTP/1.1\r\nHost: hub\r\nContent-Type: text/csv\r\n"
        f"Authorization: Bearer {token}\r\nContent-Length: {len(first) + sum(map(len, rest))}\r\n\r\n"
    )
    with closing(socket.create_connection((LOOPBACK, service.port), timeout=30)) as connection:
        connection.sendall(head.encode() + first + b"".join(rest[: len(rest) // 2]))
        yield connection
        connection.sendall(b"".join(rest[len(rest) // 2 :]))
        assert connection.recv(100).startswith(b"HTTP/1.1 200 ")


def test_who_sends_a_register_s_file_slowly_keeps_no_one_waiting(
    desk: Desk, enrolment: RunningService
) -> None:
    """More senders than there are turns and places in the queue have sent one half of a file each."""
    with ExitStack() as senders:
        for number in range(turns.at_once + turns.waiting + 1):
            senders.enter_context(half_sent(enrolment, f"slow-{number}"))
        assert desk.imports(b"".join(register(1)), "preview")["rows"] == MEGABYTE // 50_000
