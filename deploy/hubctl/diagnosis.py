"""From what was seen of a hub to what is wrong with it and what to do: rules, without looking at anything."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

POSTGRES_AT_LEAST: Final = 15  # major version (docs/messaging.md)
RABBITMQ_AT_LEAST: Final = (3, 10)
CLOCK_APART: Final = 2.0  # seconds, beyond which instants of different parts cannot be compared
SERVICE_CLOCK_APART: Final = 5.0  # seconds; a service tells whole ones, and takes its time to answer
OUTBOX_OLD: Final = 60.0  # seconds
QUEUE_DEEP: Final = 1_000  # messages
CERTIFICATE_SOON: Final = 14  # days; Caddy renews 30 days before the end


class Grade(StrEnum):
    """How a finding is to be taken."""

    WELL = "well"
    NOTE = "note"  # somebody should look at it some day
    WRONG = "wrong"


@dataclass(frozen=True)
class Finding:
    """One sentence about one part."""

    part: str
    grade: Grade
    says: str


@dataclass(frozen=True, kw_only=True)
class DatabaseSeen:
    """One service's database."""

    service: str
    away: str | None = None  # what it said instead of answering
    version: int = 0  # server_version_num, as 170002
    clock_ahead: float = 0.0  # seconds, of the clock here
    at_head: bool = True
    pending: int = 0
    oldest_seconds: float = 0.0
    unfinished: Mapping[str, int] = field(default_factory=dict)  # state → deliveries
    forged: int = 0  # of those that are parked
    listens: bool = False  # to events, so that it has a queue
    not_forgotten: tuple[str, ...] = ()  # tables whose newest row lies ahead of a clock


@dataclass(frozen=True, kw_only=True)
class QueueSeen:
    """One service's queue."""

    service: str
    away: str | None = None
    version: str = ""  # of the broker
    messages: int = 0
    readers: int = 0


@dataclass(frozen=True, kw_only=True)
class ServiceSeen:
    """What a service says of itself."""

    service: str
    away: str | None = None
    version: str = ""
    missing: Mapping[str, str] = field(default_factory=dict)  # what it waits for → what that said
    details: Mapping[str, str] = field(default_factory=dict)  # what is wrong although it is ready → in words
    clock_ahead: float = 0.0  # seconds, of the clock here


@dataclass(frozen=True, kw_only=True)
class CertificateSeen:
    """What the gateway shows to browsers."""

    host: str
    away: str | None = None
    days_left: float = 0.0


def of_database(seen: DatabaseSeen) -> Iterator[Finding]:
    """What follows from a look into a database; one finding that it is well, or each thing that is not."""
    part = f"the database of {seen.service}"
    found = [Finding(part, grade, says) for grade, says in _database(seen)]
    major, minor = divmod(seen.version, 10_000)
    yield from found or [
        Finding(part, Grade.WELL, f"PostgreSQL {major}.{minor}, at its newest migration, nothing waits.")
    ]


def _database(seen: DatabaseSeen) -> Iterator[tuple[Grade, str]]:
    if seen.away is not None:
        yield Grade.WRONG, f"It does not answer ({seen.away})."
        return
    if seen.version < POSTGRES_AT_LEAST * 10_000:
        yield (
            Grade.WRONG,
            f"PostgreSQL {seen.version // 10_000} is too old; {POSTGRES_AT_LEAST} or later is needed.",
        )
    if abs(seen.clock_ahead) > CLOCK_APART:
        yield Grade.WRONG, _apart(seen.clock_ahead)
    if not seen.at_head:
        yield Grade.WRONG, "It is not at the newest migration of this release: make migrate."
        return
    if seen.oldest_seconds > OUTBOX_OLD:
        yield (
            Grade.WRONG,
            (
                f"{seen.pending:,} events wait to be published, the oldest for {span(seen.oldest_seconds)}: "
                "the broker is away or takes nothing, or the service does not run."
            ),
        )
    if seen.not_forgotten:
        yield (
            Grade.WRONG,
            (
                f"Nothing old is deleted from its {' and '.join(seen.not_forgotten)}: the newest row lies "
                "more than a day ahead of a clock. Set the clocks right with NTP; deleting goes on by itself."
            ),
        )
    yield from _deliveries(seen.unfinished, seen.forged)


def _apart(ahead: float) -> str:
    where = "ahead of" if ahead > 0 else "behind"
    return f"Its clock is {abs(ahead):.0f} s {where} the one here: let NTP set both."


def _deliveries(unfinished: Mapping[str, int], forged: int) -> Iterator[tuple[Grade, str]]:
    parked, waiting = unfinished.get("parked", 0) - forged, unfinished.get("waiting", 0)
    held = unfinished.get("held", 0)
    if forged:
        yield (
            Grade.WRONG,
            (
                f"{count(forged, 'forged event has', 'forged events have')} been received and took no "
                "effect: hubctl parked list --error Forged shows through which exchange; change the "
                "password of the broker user that writes there (docs/operations.md, Forged events)."
            ),
        )
    if parked > 0:
        yield (
            Grade.WRONG,
            f"{count(parked, 'delivery is', 'deliveries are')} parked: hubctl parked list says why.",
        )
    if waiting:
        yield (
            Grade.NOTE,
            f"{count(waiting, 'delivery has', 'deliveries have')} failed and will be tried again.",
        )
    if held and not (parked or waiting):
        yield Grade.NOTE, f"{count(held, 'delivery waits', 'deliveries wait')} for an earlier event."


def of_queue(seen: QueueSeen) -> Iterator[Finding]:
    """What follows from a look at a queue."""
    part = f"the queue of {seen.service}"
    if seen.away is not None:
        yield Finding(part, Grade.WRONG, f"RabbitMQ does not answer ({seen.away}).")
        return
    found = []
    if _release(seen.version) < RABBITMQ_AT_LEAST:
        least = ".".join(map(str, RABBITMQ_AT_LEAST))
        found.append(
            Finding(part, Grade.WRONG, f"RabbitMQ {seen.version} is too old; {least} or later is needed.")
        )
    if not seen.readers:
        found.append(Finding(part, Grade.WRONG, f"Nobody reads it; {seen.messages:,} events are in it."))
    elif seen.messages > QUEUE_DEEP:
        found.append(
            Finding(part, Grade.NOTE, f"{seen.messages:,} events are in it: its service does not keep up.")
        )
    yield from found or [
        Finding(part, Grade.WELL, f"RabbitMQ {seen.version}, {seen.messages:,} events in it.")
    ]


def of_service(seen: ServiceSeen, *, wanted: str) -> Finding:
    """What follows from what a service says of itself, when this release is `wanted`."""
    apart = abs(seen.clock_ahead) > SERVICE_CLOCK_APART
    if seen.away is not None:
        clock = f" {_apart(seen.clock_ahead)}" if apart else ""
        return Finding(seen.service, Grade.WRONG, f"It does not answer ({seen.away}).{clock}")
    if seen.missing:
        missing = "; ".join(f"{what}: {said}" for what, said in sorted(seen.missing.items()))
        return Finding(seen.service, Grade.WRONG, f"It is not ready ({missing}).")
    if seen.version != wanted:
        return Finding(
            seen.service, Grade.WRONG, f"It runs release {seen.version}, and this is {wanted}: make upgrade."
        )
    if apart:
        return Finding(seen.service, Grade.WRONG, f"Release {seen.version}, but: {_apart(seen.clock_ahead)}")
    if seen.details:
        details = " ".join(said for _, said in sorted(seen.details.items()))
        return Finding(seen.service, Grade.WRONG, f"Release {seen.version}, ready, but: {details}")
    return Finding(seen.service, Grade.WELL, f"Release {seen.version}, ready.")


def of_certificate(seen: CertificateSeen) -> Finding:
    """What follows from a look at the gateway's certificate."""
    part = f"the certificate of {seen.host}"
    if seen.away is not None:
        return Finding(part, Grade.WRONG, f"The gateway shows none ({seen.away}).")
    if seen.days_left < 0:
        return Finding(
            part, Grade.WRONG, f"It ended {-seen.days_left:.0f} days ago: make logs ARGS=gateway says why."
        )
    if seen.days_left < CERTIFICATE_SOON:
        return Finding(part, Grade.NOTE, f"It ends in {seen.days_left:.0f} days.")
    return Finding(part, Grade.WELL, f"Good for {seen.days_left:.0f} more days.")


def _release(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".")[:2] if part.isdigit())


def count(number: int, one: str, several: str) -> str:
    """So many of something, as people say it."""
    return f"{number:,} {one if number == 1 else several}"


def span(seconds: float) -> str:
    """Roughly how long, as people say it."""
    for unit, length in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:.0f} {unit}"
    return f"{seconds:.0f} s"
