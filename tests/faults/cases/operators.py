"""Faults of people: a queue deleted or purged by mistake."""

from tests.faults.cases.case import Case
from tests.faults.stage import Stage

MARK_SECONDS = "2"  # between marks, and between two readings of the log for what they show; usually minutes
SECONDS = 12  # over which the events are spread
PURGES = 3


def delete_queue(stage: Stage) -> None:
    """Delete the consumer's queue, with all that is in it, twice while events flow."""
    stage.start()
    stage.order(per_second=stage.events / 10)
    for share in (0.25, 0.5):
        stage.wait_for_effects(share)
        stage.delete_queue()
    stage.healed()


def queue_purged(stage: Stage) -> None:
    """Purge the consumer's queue while it holds something, again and again."""
    stage.environment["FAULTS_MARK_SECONDS"] = MARK_SECONDS
    stage.start()
    stage.order(per_second=stage.events / SECONDS)
    (consumer,) = stage.consumers
    purged = 0
    for turn in range(1, PURGES + 1):
        consumer.stop()
        stage.wait_for_accepted(int(stage.events * turn / (PURGES + 1)))
        stage.wait("the queue to hold something", lambda: stage.queue.declared()[0] > 0, 60)
        purged += stage.queue.purge()
        consumer.start()
        stage.wait("the consumer to listen again", lambda: stage.queue.consumers() > 0, 60)
    stage.findings.append(f"{purged} purged")
    stage.healed()


CASES = (
    Case(
        "queue deleted by an operator",
        "The consumer's queue is deleted, with all that is in it, twice while events flow.",
        delete_queue,
    ),
    Case(
        "queue purged by an administrator",
        f"The consumer's queue is purged {PURGES} times while it holds events; the consumer finds out by "
        f"itself and reads the log (marks every {MARK_SECONDS} s instead of every minute).",
        queue_purged,
        only_ours=True,
    ),
)
