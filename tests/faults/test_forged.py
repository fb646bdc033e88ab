"""Forgeries are well-formed, so that it is only where they came from that gives them away."""

import json
from dataclasses import replace

import pytest
from tests.faults.broker_users import BYSTANDER, PUBLISHER, SUBSCRIBERS
from tests.faults.cases import forged
from tests.faults.posting import Post
from tests.faults.systems.catalogue import EXCHANGE, HUB
from tests.faults.systems.ours.events import EVENTS, ThingChanged, ThingMarked, ThingNoticed

from hub_messaging.decoding import Decoder, Unreadable
from hub_messaging.messages import Message
from hub_messaging.provenance import Forged, Origins
from hub_messaging.topology import exchange_of, source_of

OPENING = Decoder({one.type: one for one in EVENTS}, Origins(HUB))
OF_OTHERS = [
    *forged.posts(ThingChanged, ThingNoticed.type),
    *forged.posts(ThingMarked, ThingNoticed.type),
    *forged.impostors(),
]


def received(post: Post) -> Message:
    body = post.message.body
    raw = body if isinstance(body, bytes) else body.encode()
    return Message(raw, exchange_of(BYSTANDER), post.routing_key)


def test_every_forgery_is_refused_for_where_it_came_from() -> None:
    for post in OF_OTHERS:
        with pytest.raises(Unreadable) as caught:
            OPENING.open(received(post))
        assert isinstance(caught.value.error, Forged)


def test_the_same_bytes_are_believed_through_the_exchange_of_their_publisher() -> None:
    for post in forged.posts(ThingChanged, ThingChanged.type):
        delivery = OPENING.open(replace(received(post), exchange=EXCHANGE))
        assert delivery is not None
        assert delivery.envelope.source == source_of(HUB, PUBLISHER)


def test_no_two_forgeries_are_the_same() -> None:
    assert len({json.loads(received(post).body)["id"] for post in OF_OTHERS}) == len(OF_OTHERS)


def test_the_consumer_subscribes_to_the_bystander_or_nothing_of_it_would_arrive() -> None:
    subscribed = {one.service: one.listens_to for one in SUBSCRIBERS}["consumer"]
    assert subscribed[BYSTANDER] == {ThingNoticed.type}
    assert subscribed[PUBLISHER] == {ThingChanged.type, ThingMarked.type}
