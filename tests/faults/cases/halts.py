"""A service that is halted for longer than its peers wait, as on a machine that is suspended."""

from collections.abc import Callable

from tests.faults.cases import idling
from tests.faults.cases.case import Case
from tests.faults.programs import Program
from tests.faults.stage import Stage

SECONDS = 90
LOAD = 60  # seconds over which the events are spread


def halted(role: str) -> Callable[[Stage], None]:
    """A case in which one service is halted under load."""

    def run(stage: Stage) -> None:
        stage.start()
        stage.order(per_second=stage.events / LOAD)
        stage.wait_for_effects(0.2)
        halt(stage, *(program for program in stage.everyone if program.role == role))
        stage.healed()

    return run


def idle(stage: Stage) -> None:
    """Both are halted while there is nothing to do."""
    idling.begin(stage)
    halt(stage, *stage.everyone)
    stage.healed()
    stage.require_ready()


def halt(stage: Stage, *programs: Program) -> None:
    """SIGSTOP, and SIGCONT when time is up."""
    for program in programs:
        program.halt()
    try:
        stage.pause(SECONDS)
    finally:
        for program in programs:
            program.go_on()


def _case(role: str) -> Case:
    return Case(
        f"{role} halted {SECONDS} s",
        f"The {role} is halted by SIGSTOP for {SECONDS} s under load.",
        halted(role),
        short=False,
        only_ours=True,
    )


CASES = (
    _case("publisher"),
    _case("consumer"),
    Case(
        f"idle: both halted {SECONDS} s",
        f"Both services are halted by SIGSTOP for {SECONDS} s with nothing to do.",
        idle,
        short=False,
        only_ours=True,
    ),
)
