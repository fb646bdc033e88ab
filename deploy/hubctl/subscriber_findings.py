"""Checks of the subscribers of other organisations, for `hubctl doctor`."""

from collections.abc import Iterator
from typing import Final

from hub_messaging.subscribers import queue_status, state
from hub_messaging.subscribers.broker import Management, ManagementAway, ManagementRefused
from hub_messaging.subscribers.event_selection import Catalogue, UnknownEvents, chosen
from hub_messaging.subscribers.queue_status import SubscriberStatus
from hub_platform.clocks import real_now
from hubctl.catalogue import CATALOGUE
from hubctl.diagnosis import Finding, Grade, count, span

FULL: Final = 0.999  # of the limit, as the broker's count of a full queue is slightly old
FULL_SOON: Final = 0.8
LEFT: Final = "It is being added at present, or a command was interrupted."
OLD: Final = 0.5  # of the time after which a message is dropped
DAY_SECONDS: Final = 24 * 60 * 60


def look(broker: Management) -> Iterator[Finding]:
    """Yield the findings about every subscriber."""
    try:
        listed = list(state.load_all(broker))
        for known in listed:
            doing = queue_status.look(broker, known, real_now())
            yield from of_subscriber(doing, missing_types(doing, CATALOGUE))
        for name in queue_status.leftovers(broker):
            says = f"{LEFT} hubctl subscribers remove {name} deletes the remains."
            yield Finding(f"the subscriber {name}", Grade.NOTE, says)
    except (ManagementAway, ManagementRefused) as exc:
        says = f"RabbitMQ's management API does not answer ({exc}): subscribers cannot be checked."
        yield Finding("the subscribers", Grade.NOTE, says)


def of_subscriber(doing: SubscriberStatus, unbound_types: int = 0) -> Iterator[Finding]:
    """Yield the faults of a subscriber, or one finding that it is well."""
    part = f"the subscriber {doing.known.name}"
    found = [*_broken(doing), *_full(doing), *_unread(doing)]
    if unbound_types:
        types = count(unbound_types, "type", "types")
        more = f"This release publishes {types} more that it subscribes to"
        found.append((Grade.NOTE, f"{more}: hubctl subscribers change {doing.known.name} --events."))
    read = f"last read {span(doing.last_read.seconds)} ago" if doing.last_read else "not read yet"
    well = f"{count(doing.messages, 'event waits', 'events wait')}, {read}."
    yield from (Finding(part, grade, says) for grade, says in found or [(Grade.WELL, well)])


def missing_types(doing: SubscriberStatus, catalogue: Catalogue) -> int:
    """Return the number of types that the subscriber would receive if it were added today, and does not."""
    try:
        now = chosen(doing.known.asked, catalogue)
    except UnknownEvents:
        return 0  # a type that this release no longer publishes
    return sum(len(keys - set(doing.known.events.get(publisher, ()))) for publisher, keys in now.items())


def _broken(doing: SubscriberStatus) -> Iterator[tuple[Grade, str]]:
    name = doing.known.name
    if not doing.exists:
        yield Grade.WRONG, f"Its queue is missing: hubctl subscribers remove {name}, then add it again."
        return
    if doing.unbound:
        kinds = count(len(doing.unbound), "type of event", "types of events")
        again = f"hubctl subscribers change {name} --events binds them again."
        yield Grade.WRONG, f"It no longer receives {kinds}, such as {doing.unbound[0]}: {again}"
    if not doing.may_read:
        again = f"hubctl subscribers rotate {name} creates it again."
        yield Grade.WRONG, f"Its user is missing, or has other permissions than reading: {again}"


def _full(doing: SubscriberStatus) -> Iterator[tuple[Grade, str]]:
    limits, share = doing.limits, doing.share
    if share >= FULL:
        lost = "each new event replaces the oldest one. The subscriber must read, or be removed."
        yield Grade.WRONG, f"Its queue is full: {lost}"
    elif share >= FULL_SOON:
        yield Grade.NOTE, f"Its queue is at {share:.0%} of its limit. A full queue loses the oldest events."
    if doing.oldest and doing.oldest.seconds > OLD * limits.days * DAY_SECONDS:
        waited = f"Its oldest event has waited for {span(doing.oldest.seconds)}"
        yield Grade.NOTE, f"{waited}, and is dropped after {limits.days} days."


def _unread(doing: SubscriberStatus) -> Iterator[tuple[Grade, str]]:
    read = doing.last_read is not None and doing.last_read.seconds <= DAY_SECONDS
    waited = doing.oldest is not None and doing.oldest.seconds > DAY_SECONDS
    if doing.messages and not read and (waited or not doing.consumers):
        readers = count(doing.consumers, "reader", "readers")
        how = f"it has {readers} and acknowledges nothing." if doing.consumers else "it has no reader."
        yield Grade.NOTE, f"{count(doing.messages, 'event waits', 'events wait')}, and {how}"
    if doing.dead:
        dead = f"{count(doing.dead, 'event is', 'events are')} in its dead-letter queue"
        why = "rejected, delivered too often, too old, or pushed out of a full queue."
        yield Grade.NOTE, f"{dead}: {why} Its operator can read them there."
