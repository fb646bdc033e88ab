"""Rules that turn observations of a hub into findings, each with its remedy; they open no connection."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

POSTGRES_AT_LEAST: Final = 15  # major version (docs/messaging.md)
RABBITMQ_AT_LEAST: Final = (3, 10)
CLOCK_APART: Final = 2.0  # seconds, beyond which instants of different parts cannot be compared
SERVICE_CLOCK_APART: Final = 5.0  # seconds; a service reports whole seconds, and answers with some delay
OUTBOX_OLD: Final = 60.0  # seconds
QUEUE_DEEP: Final = 1_000  # messages
CERTIFICATE_SOON: Final = 14  # days; Caddy renews 30 days before the end


class Grade(StrEnum):
    """The severity of a finding."""

    WELL = "well"
    NOTE = "note"  # worth an operator's attention, without urgency
    WRONG = "wrong"


@dataclass(frozen=True)
class Finding:
    """A sentence about one part, with its severity."""

    part: str
    grade: Grade
    says: str


@dataclass(frozen=True, kw_only=True)
class DatabaseSeen:
    """Observation of a service's database."""

    service: str
    away: str | None = None  # the error instead of an answer
    version: int = 0  # server_version_num, as 170002
    clock_ahead: float = 0.0  # seconds, relative to the clock here
    at_head: bool = True
    pending: int = 0
    oldest_seconds: float = 0.0
    unfinished: Mapping[str, int] = field(default_factory=dict)  # state → deliveries
    forged: int = 0  # parked because they were forged
    listens: bool = False  # whether the service subscribes to events, and has a queue
    not_forgotten: tuple[str, ...] = ()  # tables whose newest row is ahead of a clock


@dataclass(frozen=True, kw_only=True)
class QueueSeen:
    """Observation of a service's queue."""

    service: str
    away: str | None = None
    version: str = ""  # of the broker
    messages: int = 0
    readers: int = 0


@dataclass(frozen=True, kw_only=True)
class ServiceSeen:
    """Observation of a service's readiness and release."""

    service: str
    away: str | None = None
    version: str = ""
    missing: Mapping[str, str] = field(default_factory=dict)  # a part that it needs → the error
    details: Mapping[str, str] = field(default_factory=dict)  # a part that is degraded → a sentence
    clock_ahead: float = 0.0  # seconds, relative to the clock here


@dataclass(frozen=True, kw_only=True)
class CertificateSeen:
    """Observation of the certificate that the gateway shows to browsers."""

    host: str
    away: str | None = None
    days_left: float = 0.0


def of_database(seen: DatabaseSeen) -> Iterator[Finding]:
    """Yield the faults of a database, or one finding that it is well."""
    part = f"the database of {seen.service}"
    found = [Finding(part, grade, says) for grade, says in _database(seen)]
    major, minor = divmod(seen.version, 10_000)
    yield from found or [
        Finding(part, Grade.WELL, f"PostgreSQL {major}.{minor}, at its newest migration, nothing is pending.")
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
                "the broker is unreachable or accepts no messages, or the service does not run."
            ),
        )
    if seen.not_forgotten:
        yield (
            Grade.WRONG,
            (
                f"No old rows are deleted from its {' and '.join(seen.not_forgotten)}: the newest row is "
                "more than a day ahead of a clock. Correct the clocks with NTP; deletion resumes by itself."
            ),
        )
    yield from _deliveries(seen.unfinished, seen.forged)


def _apart(ahead: float) -> str:
    where = "ahead of" if ahead > 0 else "behind"
    return f"Its clock is {abs(ahead):.0f} s {where} the one here: set both with NTP."


def _deliveries(unfinished: Mapping[str, int], forged: int) -> Iterator[tuple[Grade, str]]:
    parked, waiting = unfinished.get("parked", 0) - forged, unfinished.get("waiting", 0)
    held = unfinished.get("held", 0)
    if forged:
        yield (
            Grade.WRONG,
            (
                f"{count(forged, 'forged event has', 'forged events have')} been received and took no "
                "effect: hubctl parked list --error Forged shows the exchange; change the password of the "
                "broker user that publishes there (docs/operations.md, Forged events)."
            ),
        )
    if parked > 0:
        yield (
            Grade.WRONG,
            f"{count(parked, 'delivery is', 'deliveries are')} parked: hubctl parked list shows the errors.",
        )
    if waiting:
        yield (
            Grade.NOTE,
            f"{count(waiting, 'delivery has', 'deliveries have')} failed and will be retried.",
        )
    if held and not (parked or waiting):
        yield Grade.NOTE, f"{count(held, 'delivery waits', 'deliveries wait')} for an earlier event."


def of_queue(seen: QueueSeen) -> Iterator[Finding]:
    """Yield the faults of a queue, or one finding that it is well."""
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
        found.append(Finding(part, Grade.WRONG, f"It has no reader; {seen.messages:,} events are in it."))
    elif seen.messages > QUEUE_DEEP:
        found.append(
            Finding(part, Grade.NOTE, f"{seen.messages:,} events are in it: its service is too slow.")
        )
    yield from found or [
        Finding(part, Grade.WELL, f"RabbitMQ {seen.version}, {seen.messages:,} events in it.")
    ]


def of_service(seen: ServiceSeen, *, wanted: str) -> Finding:
    """Return the finding about a service; `wanted` is this release."""
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
    """Return the finding about the gateway's certificate."""
    part = f"the certificate of {seen.host}"
    if seen.away is not None:
        return Finding(part, Grade.WRONG, f"The gateway shows none ({seen.away}).")
    if seen.days_left < 0:
        return Finding(
            part,
            Grade.WRONG,
            f"It expired {-seen.days_left:.0f} days ago: make logs ARGS=gateway shows the reason.",
        )
    if seen.days_left < CERTIFICATE_SOON:
        return Finding(part, Grade.NOTE, f"It expires in {seen.days_left:.0f} days.")
    return Finding(part, Grade.WELL, f"Good for {seen.days_left:.0f} more days.")


def _release(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".")[:2] if part.isdigit())


def count(number: int, one: str, several: str) -> str:
    """Return a number with its noun: `1 delivery is`, `3 deliveries are`."""
    return f"{number:,} {one if number == 1 else several}"


def span(seconds: float) -> str:
    """Return a rounded duration: `5 s`, `3 min`, `2 h` or `4 days`."""
    for unit, length in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:.0f} {unit}"
    return f"{seconds:.0f} s"
