"""Rules that turn numbers of missing events into findings, like diagnosis.py."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from hubctl.diagnosis import Finding, Grade, count

TYPES_NAMED: Final = 3
RESTORE: Final = "hubctl log restore"


@dataclass(frozen=True)
class Lost:
    """Published events of one type that have not arrived."""

    publisher: str
    source: str
    type: str
    missing: int


@dataclass(frozen=True, kw_only=True)
class FlowSeen:
    """Observation of the events that one service receives."""

    service: str
    away: str | None = None  # the error of its database instead of an answer
    lost: Sequence[Lost] = ()
    on_its_way: int = 0  # events that have not arrived yet, while others still do
    healing: bool = False  # events are being read from the log
    gaps: int = 0  # events that took effect without an earlier one

    @property
    def missing(self) -> int:
        """Number of lost events."""
        return sum(one.missing for one in self.lost)


def of_flow(seen: FlowSeen) -> Iterator[Finding]:
    """Yield the faults of a service's deliveries, or one finding that all events have arrived."""
    part = f"the events for {seen.service}"
    heal = f"hubctl heal {seen.service}"
    if seen.away is not None:
        return  # the check of its database reports it
    found = []
    for publisher in dict.fromkeys(one.publisher for one in seen.lost):
        types = [one for one in seen.lost if one.publisher == publisher]
        lost = count(sum(one.missing for one in types), "event", "events")
        named = ", ".join(f"{one.type} {one.missing:,}" for one in types[:TYPES_NAMED])
        says = f"{lost} of {publisher} never arrived ({named}{', …' if len(types) > TYPES_NAMED else ''}): "
        says += f"{heal} reads them from the event log; for events that stay missing, {RESTORE}, then {heal}."
        found.append(Finding(part, Grade.WRONG, says))
    if seen.gaps:
        gaps = count(seen.gaps, "event", "events")
        says = f"{gaps} took effect without an earlier one that never arrived: {RESTORE}, then {heal}."
        found.append(Finding(part, Grade.WRONG, says))
    if seen.on_its_way:
        on_its_way = count(seen.on_its_way, "event is", "events are")
        found.append(Finding(part, Grade.NOTE, f"{on_its_way} on the way."))
    if seen.healing:
        found.append(Finding(part, Grade.NOTE, "Events are being read from the event log."))
    yield from found or [Finding(part, Grade.WELL, "All published events have arrived.")]
