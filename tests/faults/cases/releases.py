"""Three releases of the consumer: one subscribes to a type, the next does not, the third does again."""

from tests.faults.cases.case import Case
from tests.faults.stage import Stage

SECONDS = 12  # over which the events are spread


def dropped_and_taken_up_again(stage: Stage) -> None:
    """Roll the three releases out under load."""
    stage.start()
    stage.order(per_second=stage.events / SECONDS)
    stage.wait_for_effects(0.2)
    stage.begin_again(*stage.consumers, FAULTS_DROPS_TYPE="1")
    stage.wait_for_accepted(int(stage.events * 0.6))
    stage.wait("all that came to be read", stage.queue.is_empty, 60)
    stage.begin_again(*stage.consumers, FAULTS_DROPS_TYPE="")
    stage.healed()


CASES = (
    Case(
        "type dropped and taken up again",
        "Three releases of the consumer under load; the second does not subscribe to one of the two types. "
        "Order is judged within each type: events of the other type arrive later.",
        dropped_and_taken_up_again,
        only_ours=True,
        order_within_types=True,
    ),
)
