"""Faults of our own processes: killed at the worst instruction, or asked to leave again and again."""

from tests.faults.cases.case import Case
from tests.faults.stage import Stage

ROLLS = 5


def kill_at(role: str, place: str, *counts: float, short: bool = True) -> Case:
    """A case in which a program kills itself at a place, once for each count (a share of the events)."""

    def run(stage: Stage) -> None:
        kills = [f"{place}:{max(1, int(stage.events * count))}" for count in counts]
        if role == "publisher":
            stage.publisher_kills = kills
        else:
            stage.consumer_kills = kills
        stage.start()
        stage.order()

    words = place.replace("_", " ")
    what = f"The {role} is ended by SIGKILL {words.replace('publish', 'it publishes an event')}"
    return Case(f"kill -9 {role} {words}", f"{what}, {len(counts)} times.", run, short=short)


def kill_publisher_after_publish(stage: Stage) -> None:
    """The broker has the events and the database does not know it yet."""
    stage.publisher_kills = [f"after_publish:{times}" for times in (1, 2, 3)]
    stage.start()
    stage.order(per_second=stage.events / 5)
    stage.wait_for_accepted(stage.events)  # at this rate there are enough batches for every kill


def roll(stage: Stage) -> None:
    """Stop and start the consumer under load."""
    stage.start()
    stage.order(per_second=stage.events / 15)
    for turn in range(1, ROLLS + 1):
        stage.wait_for_effects(turn * 0.1)
        consumer = stage.consumers[0]
        consumer.stop()
        consumer.start()
        stage.healed()


def two_of_each(stage: Stage) -> None:
    """Two replicas of each service; one of each is killed."""
    stage.replicas = 2
    stage.start()
    stage.order(per_second=stage.events / 12)
    victims = (stage.publishers[0], *stage.consumers)
    for share, program in zip((0.2, 0.4, 0.6), victims, strict=True):
        stage.wait_for_effects(share)
        program.kill()
    stage.healed()


CASES = (
    kill_at("publisher", "before_publish", 0.1, 0.2, 0.3, short=False),
    Case(
        "kill -9 publisher after publish",
        "The publisher is ended by SIGKILL when RabbitMQ has its events and it has not noted that, 3 times.",
        kill_publisher_after_publish,
    ),
    kill_at("consumer", "before_commit", 0.05, 0.2, 0.3, short=False),
    kill_at("consumer", "after_commit", 0.05, 0.2, 0.3),
    Case(
        "SIGTERM rolling restart of the consumer",
        f"The consumer is asked to leave and started again {ROLLS} times under load.",
        roll,
        redelivers_nothing=True,
    ),
    Case(
        "two replicas of each service",
        "Two publishers and two consumers; a publisher and, one after the other, both consumers are killed.",
        two_of_each,
    ),
)
