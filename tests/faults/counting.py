"""Promised against observed effects: lost, repeated and out of order."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Change:
    """One accepted command's event."""

    n: int  # which command, from 0; negative when the harness itself was the publisher
    event_id: str
    subject: str
    revision: int  # 1, 2, 3 … within the subject


@dataclass(frozen=True)
class Effect:
    """One time that an event took effect; a list of them is in the order in which they did."""

    event_id: str
    subject: str
    revision: int


@dataclass(frozen=True)
class Count:
    """How far the effects are from each accepted event once, in order within its subject."""

    accepted: int
    lost: int  # accepted events that took no effect
    duplicates: int  # effects beyond the first of the same event
    disorder: int  # effects that came after one of a later revision of the same subject
    strangers: int  # effects of events of no accepted command


def count(
    accepted: Iterable[Change],
    effects: Sequence[Effect],
    kind_of: Callable[[Change], object] = lambda _change: None,
) -> Count:
    """Compare what was accepted with what took effect.

    Args:
        accepted: what was promised.
        effects: in the order in which they came about.
        kind_of: events of different kinds may overtake one another; all are of one kind unless it says else.
    """
    kinds = {change.event_id: kind_of(change) for change in accepted}
    promised = kinds.keys()
    seen = Counter(effect.event_id for effect in effects)
    return Count(
        accepted=len(promised),
        lost=len(promised - seen.keys()),
        duplicates=sum(times - 1 for times in seen.values()),
        disorder=disorder(
            replace(effect, subject=f"{effect.subject} {kinds.get(effect.event_id)}") for effect in effects
        ),
        strangers=len(seen.keys() - promised),
    )


def disorder(effects: Iterable[Effect]) -> int:
    """How many effects came after one of a later revision of the same subject."""
    highest: dict[str, int] = {}
    late = 0
    for effect in effects:
        reached = highest.get(effect.subject, 0)
        late += effect.revision < reached
        highest[effect.subject] = max(reached, effect.revision)
    return late


def gaps(changes: Iterable[Change]) -> int:
    """How many revisions are missing from, or repeated in, what was accepted: the harness's own mistake."""
    by_subject: dict[str, list[int]] = {}
    for change in changes:
        by_subject.setdefault(change.subject, []).append(change.revision)
    return sum(sorted(revisions) != list(range(1, len(revisions) + 1)) for revisions in by_subject.values())
