"""For the tests of subscribers: events made from samples, an in-memory bus, and fixtures for pytest.

`plugin` alone needs pytest, which loads it by itself where both are installed.
"""

from hub_contracts.testing.bus import DELIVERY_LIMIT, Bus, Message, Queue
from hub_contracts.testing.factories import body_of, make

__all__ = ["DELIVERY_LIMIT", "Bus", "Message", "Queue", "body_of", "make"]
