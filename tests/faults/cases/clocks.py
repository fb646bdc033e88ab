"""The services run with a clock that is wrong by more than a year, under load."""

from collections.abc import Callable

from tests.faults.cases.case import Case
from tests.faults.stage import Stage, Stuck

DAYS = 401  # more than an outbox keeps
OLD = 20  # days: of what has come before
SECONDS = 12  # over which the events are spread


def wrong_by(days: int) -> Callable[[Stage], None]:
    """A case in which the clock of both services is wrong for a while."""

    def run(stage: Stage) -> None:
        stage.start()
        stage.order(per_second=stage.events / SECONDS)
        stage.wait_for_effects(0.2)
        stage.ledger.age(OLD)
        for share in (0.4, 0.6):
            stage.begin_again(*stage.everyone, FAULTS_CLOCK_DAYS=str(days))
            stage.wait_for_effects(share)
        stage.begin_again(*stage.everyone, FAULTS_CLOCK_DAYS="0")
        stage.wait_for_effects(1)
        require_memory(stage)
        stage.delete_queue()  # now the log brings again what may have been forgotten
        stage.healed()

    return run


def require_memory(stage: Stage) -> None:
    """See that nothing was forgotten."""
    published, done = stage.ledger.remembered()
    if (published, done) != (stage.events, stage.events):
        raise Stuck(f"of {stage.events} events the outbox has {published} and the inbox {done}")


def _case(days: int, *, short: bool) -> Case:
    return Case(
        f"clock wrong by {days:+} days".replace("-", "−"),
        f"Both services run with a clock {abs(days)} days {'ahead' if days > 0 else 'behind'}, are restarted "
        f"with it, and go right again, while events {OLD} days old are remembered; then the consumer's queue "
        "is deleted, so that all comes once more.",
        wrong_by(days),
        short=short,
        only_ours=True,
    )


CASES = (_case(DAYS, short=True), _case(-DAYS, short=False))
