"""Several runs of one case as one line of the table."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from tests.faults.counting import Count
from tests.faults.judging import Outcome


def summed(outcomes: Sequence[Outcome], *, notes: Iterable[str], broken: Iterable[str]) -> Outcome:
    """Add up what was counted; seconds are those of the slowest run."""
    counts = [outcome.counted for outcome in outcomes]
    total = Count(*(sum(column) for column in zip(*(vars(c).values() for c in counts), strict=True)))
    return replace(
        outcomes[0],
        counted=total,
        drained=all(outcome.drained for outcome in outcomes),
        seconds=max(outcome.seconds for outcome in outcomes),
        redelivered=sum(outcome.redelivered for outcome in outcomes),
        deaths=sum(outcome.deaths for outcome in outcomes),
        killed=sum(outcome.killed for outcome in outcomes),
        parked=sum(outcome.parked for outcome in outcomes),
        forbidden=sum(outcome.forbidden for outcome in outcomes),
        slowest_stop=max(outcome.slowest_stop for outcome in outcomes),
        took=sum(outcome.took for outcome in outcomes),
        ready=max(outcome.ready for outcome in outcomes),
        notes=tuple(notes),
        broken=tuple(broken),
    )


def by_case(outcomes: Iterable[Outcome]) -> list[Outcome]:
    """One outcome for each case and system, whatever the number of seeds that it was run with."""
    runs: dict[tuple[str, str], list[Outcome]] = {}
    for outcome in outcomes:
        runs.setdefault((outcome.case, outcome.system), []).append(outcome)
    return [_with_all_seeds(sorted(same, key=lambda o: o.seed)) for same in runs.values()]


def _with_all_seeds(outcomes: Sequence[Outcome]) -> Outcome:
    if len(outcomes) == 1:
        return outcomes[0]
    return summed(
        outcomes,
        notes=dict.fromkeys(note for outcome in outcomes for note in outcome.notes),
        broken=[f"seed {outcome.seed}: {words}" for outcome in outcomes for words in outcome.broken],
    )
