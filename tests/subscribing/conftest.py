"""A virtual host with a subscriber, as docs/subscribing.md describes it."""

from collections.abc import Iterator

import pytest
from tests.subscribing.feeding import Feed, feed_on
from tests.support.broker import BrokerServer


@pytest.fixture(name="feed")
def _feed(broker: BrokerServer) -> Iterator[Feed]:
    with feed_on(broker) as feed:
        yield feed
