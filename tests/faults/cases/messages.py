"""Faults of what is in the queue: rubbish, repetitions, the wrong order."""

import random
import time
import uuid
from collections.abc import Iterator

import amqp
from tests.faults.cases.case import Case
from tests.faults.counting import Change
from tests.faults.posting import Post, listen, listened, post, post_of, take_all
from tests.faults.stage import Stage

BAD = 20  # messages mixed in
LOAD = 6  # seconds over which the commands are spread
RECEIVED_WITHIN = 60.0  # seconds


def rubbish() -> Iterator[amqp.Message]:
    """Yield bodies that cannot be parsed, each different."""
    for n in range(BAD):
        body = (
            b"\xff\xfe\x00 no text %d" % n,
            b'{"specversion": "1.0", "id": %d' % n,
            b"[%d]" % n,
            b"%d" % n,
            b'{"specversion": "1.0", "id": "%d"}' % n,
        )[n % 5]
        yield amqp.Message(body, content_type="application/json", content_encoding="utf-8", delivery_mode=2)


def undecodable(stage: Stage) -> None:
    """Bodies that are no events."""
    _mix_in(stage, [post_of(stage, strange(stage, n), message) for n, message in enumerate(rubbish())])


def wrong_schema(stage: Stage) -> None:
    """Envelopes whose data lacks what the schema asks for."""
    changes = [strange(stage, n) for n in range(BAD)]
    _mix_in(stage, [post_of(stage, one, stage.system.broken_message_of(one)) for one in changes])


def malformed_headers(stage: Stage) -> None:
    """Good events with a header that the framework cannot read: they count as accepted."""
    stage.extra = [strange(stage, n) for n in range(BAD)]
    posts = [post_of(stage, change) for change in stage.extra]
    for one in posts:
        one.message.properties["application_headers"] = {"nameko.call_id_stack": 7}
    _mix_in(stage, posts, readable=True)


def _mix_in(stage: Stage, posts: list[Post], *, readable: bool = False) -> None:
    stage.start()
    stage.order(per_second=stage.events / LOAD)
    for turn in range(4):
        stage.wait_for_accepted(int(stage.events * (turn + 1) * 0.2))
        post(stage, posts[turn::4])
    if not readable:
        stage.unreadable = len(posts)
    stage.healed()


def strange(stage: Stage, n: int) -> Change:
    """An event about a subject of its own, as if the publisher had sent it."""
    identity = uuid.UUID(int=random.Random(f"{stage.seed} strange {n}").getrandbits(128), version=4)
    return Change(-n - 1, str(identity), f"strange/{n}", 1)


def three_times(stage: Stage) -> None:
    """Every event comes twice more, while they flow."""
    stage.start()
    listen(stage)
    stage.order(per_second=stage.events / LOAD)
    copied = 0
    end = time.monotonic() + RECEIVED_WITHIN
    while copied < stage.events and time.monotonic() < end:
        messages = listened(stage, at_most=stage.events)
        if not messages:
            stage.pause(0.1)
        for _ in range(2):
            post(stage, messages)
        copied += len(messages)
    stage.healed()


def shuffled(stage: Stage) -> None:
    """Everything is delivered in an order drawn at random."""
    stage.start()
    consumer = stage.consumers[0]
    consumer.stop()
    stage.order()
    stage.wait_for_accepted(stage.events)
    messages = take_all(stage, stage.events)
    random.Random(stage.seed).shuffle(messages)
    post(stage, messages)
    stage.healed()
    consumer.start()


CASES = (
    # The poison storm has both of these, so they are not in the short suite.
    Case("undecodable bodies", f"{BAD} bodies that are no events are mixed in.", undecodable, short=False),
    Case(
        "wrong schema", f"{BAD} events whose data breaks the schema are mixed in.", wrong_schema, short=False
    ),
    Case(
        "malformed headers",
        f"{BAD} good events come with the header nameko.call_id_stack = 7; they must take effect.",
        malformed_headers,
    ),
    Case("every event three times", "Every event reaches the queue three times.", three_times),
    Case("deliveries shuffled", "All events are delivered in an order drawn at random.", shuffled),
)
