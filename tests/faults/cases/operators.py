"""Faults of people: a queue deleted by mistake."""

from tests.faults.cases.case import Case
from tests.faults.stage import Stage


def delete_queue(stage: Stage) -> None:
    """Delete the consumer's queue, with all that is in it, twice while events flow."""
    stage.start()
    stage.order(per_second=stage.events / 10)
    for share in (0.25, 0.5):
        stage.wait_for_effects(share)
        stage.delete_queue()
    stage.healed()


CASES = (
    Case(
        "queue deleted by an operator",
        "The consumer's queue is deleted, with all that is in it, twice while events flow.",
        delete_queue,
    ),
)
