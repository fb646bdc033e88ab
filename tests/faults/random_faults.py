"""Faults in random order: a Hypothesis state machine over real processes.

Each example is one world in which commands are carried out while programs, servers and the network are
harmed at random. In the end everything is healed, and what was accepted must have taken effect once and in
order.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hypothesis import HealthCheck, Phase, Verbosity, note, settings
from hypothesis import seed as seeded
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)
from tests.faults.cases.case import Case
from tests.faults.judging import Outcome, judge
from tests.faults.posting import listen, listened, post
from tests.faults.servers import Servers
from tests.faults.stage import Stage
from tests.faults.summing import summed
from tests.faults.systems.setting import SUBJECTS

BOUND = 60.0  # seconds that everything may stand still once all is healed
RESTARTS = 1  # of the broker in one example; see servers.Broker.renew
# Seconds between attempts at a refused event; so many that none is parked before it is cured.
QUICK_RETRIES = ",".join(["0.5"] * 1000)
CASE = Case(
    "faults at random",
    "Commands, kills, restarts, cuts, refused subjects and repeated deliveries in an order drawn at random "
    "(a Hypothesis state machine); judged once everything is healed.",
    run=Stage.start,  # each example does its own
    bound=BOUND,
    only_ours=True,
)


@dataclass(frozen=True)
class World:
    """Facts and lists that every example of one run shares."""

    make_stage: Callable[[str], Stage]
    outcomes: list[Outcome]
    say: Callable[[str], None]


class RandomFaults(RuleBasedStateMachine):
    """The model: how many commands were ordered, and which subjects are refused just now."""

    world: World

    def __init__(self) -> None:
        super().__init__()
        self.begun = time.monotonic()
        self.ordered = 0
        self.refused: set[str] = set()
        self.restarts = 0
        self.steps: list[str] = []
        self.stage = self.world.make_stage(f"random {len(self.world.outcomes)}")
        self.stage.environment |= {"FAULTS_MAY_REFUSE": "1", "HUB_RETRY_AFTER": QUICK_RETRIES}
        self.network = self.stage.put_proxy_between()
        self.stage.start()
        listen(self.stage)

    def did(self, step: str) -> None:
        """Record the step, so that a failure can be understood."""
        self.steps.append(step)
        note(step)
        self.stage.pause(0.2)

    @initialize(commands=st.integers(50, 150), per_second=st.sampled_from((20, 50)))
    def send_first(self, commands: int, per_second: int) -> None:
        """Have events flow for a second before anything is harmed.

        RabbitMQ 3.10.8 forgets where a stream is when it is killed within half a second of its declaration,
        whichever client declared it; that is no fault of ours to be found here.
        """
        self.send(commands, per_second)
        self.stage.events = commands
        self.stage.wait_for_effects(0.9)

    @rule(commands=st.integers(100, 200))
    def send_steadily(self, commands: int) -> None:
        self.send(commands, per_second=30)

    @rule(commands=st.integers(20, 150))
    def send_at_once(self, commands: int) -> None:
        self.send(commands, per_second=0)

    def send(self, commands: int, per_second: int) -> None:
        """Want more commands: however many, under however much load."""
        self.ordered += commands
        self.stage.order(self.ordered, per_second)
        self.did(f"{commands} commands, {per_second} a second")

    @rule(seconds=st.floats(0.1, 1.5))
    def let_it_run(self, seconds: float) -> None:
        self.stage.pause(seconds)
        self.did(f"{seconds:.1f} s went by")

    @rule(publisher=st.booleans())
    def kill(self, publisher: bool) -> None:
        program = (self.stage.publishers if publisher else self.stage.consumers)[0]
        program.kill()
        self.did(f"kill -9 {program.name}")

    @rule(publisher=st.booleans())
    def ask_to_leave(self, publisher: bool) -> None:
        program = (self.stage.publishers if publisher else self.stage.consumers)[0]
        program.stop()
        program.start()
        self.did(f"SIGTERM {program.name}, started again")

    @precondition(lambda self: self.restarts < RESTARTS)
    @rule(kill=st.booleans())
    def restart_broker(self, kill: bool) -> None:
        broker = self.stage.servers.broker
        broker.kill() if kill else broker.stop()
        broker.start()
        self.restarts += 1
        self.did("broker killed and started" if kill else "broker restarted")

    @rule()
    def restart_database(self) -> None:
        self.stage.servers.database.stop()
        self.stage.servers.database.start()
        self.did("PostgreSQL restarted")

    @rule()
    def cut_connections(self) -> None:
        self.network.cut_if_any()
        self.did("connections cut")

    @precondition(lambda self: len(self.refused) < 3)
    @rule(number=st.integers(0, SUBJECTS - 1))
    def refuse(self, number: int) -> None:
        subject = f"things/{number}"
        if subject not in self.refused:
            self.stage.ledger.refuse([subject], for_good=False)
            self.refused.add(subject)
            self.did(f"{subject} is refused")

    @precondition(lambda self: self.refused)
    @rule()
    def accept_again(self) -> None:
        self.stage.ledger.accept_again()
        self.refused.clear()
        self.did("nothing is refused")

    @precondition(lambda self: self.ordered)
    @rule(last=st.integers(1, 100))
    def repeat_deliveries(self, last: int) -> None:
        copies = listened(self.stage, at_most=last)
        post(self.stage, copies)
        self.did(f"{len(copies)} deliveries repeated")

    def teardown(self) -> None:
        """Heal everything; then the promise must have been kept."""
        try:
            outcome = self._finish()
        finally:
            self.stage.dismantle()
        self.world.outcomes.append(outcome)
        self.world.say(
            f"  example {len(self.world.outcomes)}: {len(self.steps)} steps, "
            f"{outcome.counted.accepted} events, {outcome.seconds:.1f} s to drain"
        )
        told = f"{'; '.join(outcome.broken)}\nafter: {'; '.join(self.steps)}"
        if outcome.broken:
            self.world.say(told)  # Hypothesis plays it again, and tells only of that when it went well
        assert not outcome.broken, told

    def _finish(self) -> Outcome:
        self.stage.ledger.accept_again()
        self.stage.events = self.ordered
        self.stage.healed()
        drained = self.stage.drain(BOUND)
        self.stage.require_ready()
        seconds = max(0.0, self.stage.changed_at - self.stage.healed_at) if drained else BOUND
        self.stage.stop()
        return judge(CASE, self.stage, drained=drained, seconds=seconds, begun=self.begun)


def run(
    servers: Servers,
    make_stage: Callable[[str], Stage],
    *,
    seed: int,
    examples: int,
    steps: int,
    say: Callable[[str], None],
) -> Outcome:
    """Run so many examples of at most so many steps; all of them as one line of the table."""
    world = World(make_stage, [], say)
    machine: Any = type("RandomFaults", (RandomFaults,), {"world": world})
    failures: list[str] = []
    try:
        run_state_machine_as_test(
            seeded(seed)(machine),
            settings=settings(
                max_examples=examples,
                stateful_step_count=steps,
                deadline=None,
                database=None,
                phases=(Phase.generate,),  # an example takes half a minute: no shrinking
                suppress_health_check=list(HealthCheck),
                verbosity=Verbosity.quiet,
                report_multiple_bugs=False,
            ),
        )
    except Exception as failure:  # noqa: BLE001 - a line of the table, whatever went wrong
        failures.append(f"{type(failure).__name__}: {failure}")
    servers.heal()
    notes = [f"{len(world.outcomes)} examples"]
    return summed(world.outcomes, notes=notes, broken=failures)
