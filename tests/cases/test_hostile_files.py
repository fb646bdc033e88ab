"""Hostile files: a few kilobytes of nested XML, a zip bomb, a million empty rows.

Meanwhile and afterwards the service answers, and the sender reads one sentence.
"""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import pytest
from tests.cases.desk import Desk
from tests.cases.hub import RunningHub
from tests.cases.participants import (
    SHEET,
    Participants,
    cells,
    part,
    participants,
    problems,
    with_parts,
    workbook,
)
from tests.support.services import Client, Reply
from tests.support.waiting import wait_until

AT_MOST: Final = 0.3  # seconds for an answer of the probe
DEEP: Final = 4_000
MANY: Final = 1_000_000
PROBE: Final = "/enrolment/health/live"


def nested(tag: str, depth: int = DEEP) -> str:
    """An element in itself, thousands deep."""
    return f"<{tag}>" * depth + f"</{tag}>" * depth


def nested_sheet(raw: bytes) -> bytes:
    """The sheet's XML is nested in place of its rows."""
    sheet = part(raw)
    inner = sheet.index("<sheetData>") + len("<sheetData>")
    return with_parts(raw, {SHEET: (sheet[:inner] + nested("row") + sheet[inner:]).encode()})


def nested_text(raw: bytes) -> bytes:
    """More of the kind: the text of one cell is nested a million times, in twelve kilobytes."""
    sheet = part(raw)
    inner = sheet.index("<is>") + len("<is>")
    return with_parts(raw, {SHEET: (sheet[:inner] + nested("r", MANY) + sheet[inner:]).encode()})


def nested_styles(raw: bytes) -> bytes:
    """More of the kind: a part that is read before any cell."""
    name = "xl/styles.xml"
    styles = part(raw, name)
    inner = styles.index("<fonts")
    return with_parts(raw, {name: (styles[:inner] + nested("extLst") + styles[inner:]).encode()})


def bomb(raw: bytes) -> bytes:
    """A hundred megabytes of blanks between two rows, packed into a hundred kilobytes."""
    sheet = part(raw)
    inner = sheet.index("</sheetData>")
    return with_parts(raw, {SHEET: sheet[:inner].encode() + b" " * 100_000_000 + sheet[inner:].encode()})


def empty_rows(raw: bytes) -> bytes:
    """A million empty rows before the first that says anything."""
    sheet = part(raw)
    inner = sheet.index("</sheetData>")
    return with_parts(raw, {SHEET: (sheet[:inner] + "<row/>" * MANY + sheet[inner:]).encode()})


def many_attributes(raw: bytes) -> bytes:
    """More of the kind: a row with a hundred thousand attributes."""
    sheet = part(raw)
    inner = sheet.index("</sheetData>")
    attributes = " ".join(f'a{n}="1"' for n in range(100_000))
    return with_parts(raw, {SHEET: (sheet[:inner] + f"<row {attributes}/>" + sheet[inner:]).encode()})


@pytest.fixture(name="on", scope="module")
def _on(desk: Desk) -> Participants:
    """One Work Group for the lists of these cases."""
    return participants(desk)


@pytest.fixture(autouse=True)
def _left_running(hub: RunningHub) -> Iterator[None]:
    """Start the service again where a file has ended it, so that no other case fails for that."""
    yield
    try:
        hub.wait_ready("enrolment")
    except AssertionError:
        hub.restart("enrolment")


def probe(hub: RunningHub) -> float:
    """The seconds in which the service says that it is alive."""
    started = time.monotonic()
    reply = Client(hub.ports["enrolment"])("GET", PROBE)
    assert reply.status == 200
    return time.monotonic() - started


def upload(on: Participants, raw: bytes) -> tuple[Reply, list[float]]:
    """Send a list and ask the probe until it is answered; the answer, and the seconds of each probe."""
    hub = on.desk.hub
    with ThreadPoolExecutor(1) as pool:
        sent = pool.submit(on.preview, raw)
        slow: list[float] = []

        def is_answered() -> bool:
            slow.append(probe(hub))
            return sent.done()

        wait_until(is_answered, deadline=60)
        return sent.result(), [*slow, probe(hub)]


@pytest.mark.parametrize("spoil", [nested_sheet, nested_text, bomb, empty_rows])
def test_a_hostile_file_is_refused_once_and_the_service_answers_meanwhile(
    desk: Desk, on: Participants, spoil: Callable[[bytes], bytes]
) -> None:
    (urn,) = desk.schools()
    raw = spoil(workbook() if spoil is empty_rows else workbook(cells(urn)))
    reply, slow = upload(on, raw)
    assert not desk.hub.children["enrolment"].has_ended
    assert max(slow) <= AT_MOST, f"the probe took {max(slow):.2f} s; then {reply.status}"
    assert reply.status == 422, reply.body
    assert len(reply.json.get("errors", [0])) == 1, reply.body
    assert len(reply.json["detail"]) < 300


@pytest.mark.parametrize("spoil", [nested_styles, many_attributes])
def test_a_strange_part_is_ignored_or_refused_once_and_the_service_answers_meanwhile(
    desk: Desk, on: Participants, spoil: Callable[[bytes], bytes]
) -> None:
    """More of the kind."""
    (urn,) = desk.schools()
    reply, slow = upload(on, spoil(workbook(cells(urn))))
    assert len(problems(reply)) == (0 if reply.status == 200 else 1), reply.body
    assert max(slow) <= AT_MOST, f"{max(slow):.2f} s"


def test_honest_file_is_imported_while_a_hostile_one_is_read(desk: Desk, on: Participants) -> None:
    """More of the kind: both are sent at the same time."""
    (urn,) = desk.schools()
    hostile, honest = nested_sheet(workbook(cells(urn))), workbook(cells(urn))
    with ThreadPoolExecutor(2) as pool:
        refused, done = pool.map(on.send, (hostile, honest))
    assert (refused.status, done.status) == (422, 200)
    assert [one.urn for one in on.holders()] == [urn]
