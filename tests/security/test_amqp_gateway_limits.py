"""One address that opens connections endlessly is limited, and delays no other address."""

import re
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from threading import Event, Thread
from typing import Final

import pytest
from tests.security.gateway_connections import AT_ONCE, handshake, holding_server, knock, opened
from tests.support.amqp_gateway import Gateway, running_gateway
from tests.support.waiting import wait_until

# As the configuration has them.
SECONDS: Final = 10
IN_TEN_SECONDS: Final = 30
OTHER_ADDRESS: Final = "127.0.0.2"
pytestmark = [
    pytest.mark.servers,  # HAProxy is one
    # Python's ssl module leaves a socket open that the peer resets before the handshake begins.
    pytest.mark.filterwarnings("ignore:unclosed <ssl.SSLSocket:ResourceWarning"),
]


@pytest.fixture(name="gateway")
def _gateway(tmp_path: Path) -> Iterator[Gateway]:
    """A new one for each test, because it counts each address's connections."""
    with holding_server() as port, running_gateway(tmp_path, port) as gateway:
        yield gateway


def test_one_address_has_no_more_connections_than_it_may_have(gateway: Gateway) -> None:
    """It opens them slowly enough for the other limit: what is refused is the number."""
    with ExitStack() as connections:
        for _ in range(AT_ONCE):
            connections.enter_context(wait_until(lambda: opened(gateway), deadline=60, interval=0.2))
        rate_is_low_at = time.monotonic() + SECONDS
        wait_until(lambda: time.monotonic() > rate_is_low_at, deadline=2 * SECONDS)
        assert opened(gateway) is None
        handshake(gateway, source=OTHER_ADDRESS)
        connections.pop_all().close()
        wait_until(lambda: opened(gateway), deadline=60, interval=1).close()


def test_a_hundred_connections_a_second_keep_no_other_address_out(gateway: Gateway) -> None:
    stopping = Event()
    tried: list[bool] = []

    def hammer() -> None:
        while not stopping.is_set():
            with suppress(OSError), knock(gateway.port) as plain:
                plain.sendall(b"AMQP\x00\x00\x09\x01")
            tried.append(True)
            stopping.wait(0.01)

    hammering = Thread(target=hammer)
    hammering.start()
    try:
        wait_until(lambda: len(tried) > 5 * IN_TEN_SECONDS, deadline=60)
        for _ in range(IN_TEN_SECONDS // 2):
            handshake(gateway, source=OTHER_ADDRESS)  # which raises when it is refused
    finally:
        stopping.set()
        hammering.join()
    # A refused connection is neither encrypted nor logged.
    assert len(re.findall("handshake failure", gateway.lines())) < len(tried) / 2


def test_an_address_that_has_calmed_down_is_accepted_again(gateway: Gateway) -> None:
    wait_until(lambda: _opened_and_closed(gateway) is None, deadline=120)
    wait_until(lambda: _opened_and_closed(gateway), deadline=60, interval=1)


def _opened_and_closed(gateway: Gateway) -> bool | None:
    """True for a connection that reaches the broker; None when the gateway refuses it."""
    if (encrypted := opened(gateway)) is None:
        return None
    encrypted.close()
    return True
