"""Each client of docs/subscribing.md, as the page has it, reads its queue from a real broker."""

from pathlib import Path

import pytest
from tests.subscribing import page
from tests.subscribing.feeding import HALF_DAYS, SUBSCRIBED, UNKNOWN, Feed, of_a_later_release, visit
from tests.subscribing.programs import Program, running
from tests.support.waiting import wait_until

CLIENTS = page.clients()
UNREADABLE = (b"{", b"[1]", b'{"id": "1"}', b"null", b'"text"', b"\xff\xfe")
PLAN, LOG = "VisitPlanned", "VisitLogged"


@pytest.fixture(name="client", params=CLIENTS, ids=[client.title for client in CLIENTS])
def _client(request: pytest.FixtureRequest) -> page.Client:
    client: page.Client = request.param
    return client


def in_order(program: Program) -> bool:
    """Whether what took effect of each subject did so in the order of its revisions."""
    reached: dict[str, int] = {}
    for one in program.printed_deliveries:
        if not one.repeated:
            if one.revision < reached.get(one.subject, 0):
                return False
            reached[one.subject] = one.revision
    return True


def test_events_take_effect_once_and_in_order(client: page.Client, feed: Feed, tmp_path: Path) -> None:
    """Also those that come twice, that a later release sends, and that come while the client runs."""
    feed.add()
    feed.bind(UNKNOWN)
    visits = [visit() for _ in range(5)]
    events = [event for three in visits for event in three]
    feed.publish(*events, *events)  # a publisher that was killed before it noted the confirmation
    feed.publish(of_a_later_release(visit()[0]), visit()[0] | {"type": UNKNOWN})
    with running(client, tmp_path, feed.settings) as program:
        program.wait_for(2 * 2 * 5 + 2)
        live = visit("100001")
        feed.publish(*live)
        program.wait_for(2 * 2 * 5 + 2 + 2)
        wait_until(lambda: not feed.waiting)
    assert {one.type for one in program.printed_deliveries} == {PLAN, LOG, UNKNOWN}
    assert [one.repeated for one in program.printed_deliveries].count(True) == 2 * 5
    assert in_order(program)
    assert program.half_days == {"136217": 5 * HALF_DAYS, "100001": HALF_DAYS}
    assert (program.inbox, feed.dead) == (2 * 5 + 2 + 2, 0)


def test_what_cannot_be_read_becomes_a_dead_letter(client: page.Client, feed: Feed, tmp_path: Path) -> None:
    """Those behind it go on."""
    feed.add()
    feed.send("visits", *((LOG, body) for body in UNREADABLE))
    feed.publish(*visit())
    with running(client, tmp_path, feed.settings) as program:
        program.wait_for(2)
        wait_until(lambda: feed.dead == len(UNREADABLE), deadline=60)
        assert feed.waiting == 0
    assert (program.half_days, program.inbox) == ({"136217": HALF_DAYS}, 2)


def test_a_client_that_is_killed_loses_and_repeats_nothing(
    client: page.Client, feed: Feed, tmp_path: Path
) -> None:
    feed.add()
    feed.publish(*(event for _ in range(100) for event in visit()))
    for handled in (20, 90):
        with running(client, tmp_path, feed.settings) as program:
            program.wait_for(handled)
            program.kill()
    last = visit("100001")
    feed.publish(*last)
    with running(client, tmp_path, feed.settings) as program:
        # They come in order, so all before the last has been handled then.
        wait_until(
            lambda: (last[-1]["subject"], 3) in {one[1:3] for one in program.printed_deliveries}, deadline=120
        )
    assert program.half_days == {"136217": 100 * HALF_DAYS, "100001": HALF_DAYS}
    assert (program.inbox, feed.dead) == (202, 0)
    assert in_order(program)


def test_the_page_has_a_client_of_each_kind() -> None:
    read = {name for client in CLIENTS for name in client.files if name.startswith("read")}
    assert read == {
        *("read_pika.py", "read_kombu.py", "read_nameko.py", "read_faststream.py", "read.mjs", "read.php")
    }
    assert set(SUBSCRIBED) <= set(page.adding().replace(",", " ").split())
