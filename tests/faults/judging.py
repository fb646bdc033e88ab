"""From a case that has run to a line of the table, and to what it broke."""

import time
from dataclasses import dataclass

from tests.faults.cases.case import Case
from tests.faults.counting import Change, Count, count, gaps
from tests.faults.programs import STOPS_WITHIN
from tests.faults.stage import Stage, Stuck
from tests.faults.starting import ServerFailed
from tests.faults.systems.ours.events import event_of

from hub_messaging.provenance import Forged


@dataclass(frozen=True)
class Outcome:
    """The result of one case with one system."""

    case: str
    system: str
    counted: Count
    drained: bool  # within the bound
    seconds: float  # from the end of the fault until the last effect, or until we gave up
    redelivered: int
    deaths: int  # of programs that the case had not killed
    killed: int  # by the case
    parked: int
    forbidden: int  # accepted events that were to take no effect
    slowest_stop: float  # seconds
    took: float  # seconds, the whole case
    ready: float = 0.0  # seconds from the end of the fault until every service said that it was ready
    seed: int = 0
    notes: tuple[str, ...] = ()
    broken: tuple[str, ...] = ()  # promises, in words; only asked of ours

    @property
    def is_clean(self) -> bool:
        """Whether everything was as ours promises it."""
        counted = self.counted
        wrong = (counted.lost - self.forbidden, counted.duplicates, counted.disorder, self.deaths)
        return self.drained and not any(wrong) and not self.broken

    def remarks(self) -> list[str]:
        """Return further remarks for the report."""
        said = []
        if not self.drained:
            said.append("did not drain")
        if self.deaths:
            said.append(f"ended by itself {self.deaths} times" if self.deaths > 1 else "ended by itself once")
        if self.slowest_stop > STOPS_WITHIN:
            said.append(f"did not leave within {STOPS_WITHIN:.0f} s of SIGTERM")
        if self.parked:
            said.append(f"{self.parked} parked")
        return [*said, *self.notes]


def run_case(case: Case, stage: Stage) -> Outcome:
    """Run one case from empty databases to the verdict.

    Raises:
        ServerFailed: a server failed by itself, which says nothing about the system; both are of no more use.
    """
    try:
        outcome = verdict_on(case, stage)
    except ServerFailed:
        stage.close()
        raise
    except BaseException:
        stage.dismantle()
        raise
    stage.dismantle()
    return outcome


def verdict_on(case: Case, stage: Stage) -> Outcome:
    """Run one case, and leave its databases and virtual host as they are."""
    begun = time.monotonic()
    drained = False
    try:
        case.run(stage)
        drained = stage.drain(case.bound)
        stage.require_ready()
    except ServerFailed:
        raise
    except Stuck as stuck:
        stage.notes.append(str(stuck))
    except Exception as error:  # noqa: BLE001 - one case that cannot be carried out must not end the run
        stage.notes.append(f"the case came to grief: {type(error).__name__}: {error}"[:300])
    seconds = (stage.changed_at if drained else time.monotonic()) - (stage.healed_at or begun)
    stage.servers.heal()
    stage.notes += [
        f"{program.name} was not running at the end" for program in stage.everyone if not program.runs
    ]
    stage.stop()
    return judge(case, stage, drained=drained, seconds=max(0.0, seconds), begun=begun)


def judge(case: Case, stage: Stage, *, drained: bool, seconds: float, begun: float) -> Outcome:
    """Read the books of a case whose programs have left."""
    accepted = stage.ledger.accepted()
    assert gaps(accepted) == 0, "the harness numbered its own commands wrongly"
    kind_of = type_of if case.order_within_types else one_kind
    counted = count([*accepted, *stage.extra], stage.ledger.effects(), kind_of)
    states = stage.ledger.inbox_states() if stage.system.is_ours else {}
    left = sum(len(program.kills) for program in stage.everyone)
    if left:
        stage.notes.append(f"{left} kills never happened")
    redelivered = stage.queue.redelivered()
    return Outcome(
        case=case.name,
        system=stage.system.name,
        counted=counted,
        drained=drained,
        seconds=seconds,
        redelivered=redelivered,
        deaths=sum(program.deaths for program in stage.everyone),
        killed=sum(program.killed for program in stage.everyone),
        parked=states.get("parked", 0),
        forbidden=stage.forbidden,
        slowest_stop=max(program.slowest_stop for program in stage.everyone),
        took=time.monotonic() - begun,
        ready=stage.readiness.slowest,
        seed=stage.seed,
        notes=(*stage.findings, *stage.notes),
        broken=tuple(broken_promises(case, stage, counted, drained, states, redelivered)),
    )


def type_of(change: Change) -> str:
    """The type of our event about a change."""
    return event_of(change.n, change.subject).type


def one_kind(_change: Change) -> None:
    """Keep all events about a subject in one order."""


def broken_promises(
    case: Case, stage: Stage, counted: Count, drained: bool, states: dict[str, int], redelivered: int
) -> list[str]:
    """Whatever ours promises and did not keep, in words; nothing is asked of the other systems."""
    if not stage.system.is_ours:
        return []
    forged = stage.ledger.parked_as(Forged.__name__)
    facts = (
        (counted.accepted != stage.events + len(stage.extra), f"{counted.accepted} accepted"),
        (counted.lost != stage.forbidden, f"{counted.lost - stage.forbidden} lost"),
        (counted.duplicates, f"{counted.duplicates} effects repeated"),
        (counted.disorder, f"{counted.disorder} effects out of order"),
        (counted.strangers, f"{counted.strangers} effects of events of no accepted command"),
        (not drained, f"stood still for {case.bound:.0f} s with something left to do"),
        (any(p.deaths for p in stage.everyone), "a service ended by itself"),
        (case.redelivers_nothing and redelivered, f"{redelivered} redelivered"),
        (
            states.get("parked", 0) != stage.unreadable,
            f"{states} kept in the inbox, {stage.unreadable} expected parked",
        ),
        (states.keys() - {"parked", "dropped"}, f"{states} kept in the inbox at the end"),
        (states.get("dropped", 0) != stage.dropped, f"{states}, {stage.dropped} expected dropped"),
        (forged != stage.forged, f"{forged} parked as forged, {stage.forged} expected"),
        (any(p.slowest_stop > STOPS_WITHIN for p in stage.everyone), "a service took too long to leave"),
        (stage.notes, "; ".join(stage.notes)),
    )
    return [words for is_broken, words in facts if is_broken]
