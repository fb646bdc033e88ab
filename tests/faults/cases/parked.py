"""A parked delivery is replayed twice: too early, and when the cause is cured."""

from datetime import UTC, datetime

from tests.faults.cases.case import Case
from tests.faults.stage import Stage
from tests.faults.systems.setting import subject_of

from hub_messaging import operator_actions, stored_deliveries

SUBJECTS = 3  # that are refused
OPERATOR = operator_actions.Operator(by="fault suite", why="the cause is cured")


def replay_twice(stage: Stage) -> None:
    """Replay what is parked while the cause is still there, and twice when it is cured."""
    refused = list(dict.fromkeys(subject_of(stage.seed, n) for n in range(stage.events)))[:SUBJECTS]
    stage.environment["FAULTS_MAY_REFUSE"] = "1"
    stage.ledger.refuse(refused, for_good=True)
    stage.start()
    stage.order()
    stage.wait_for_accepted(stage.events)
    stage.wait("three parked deliveries", lambda: parked(stage) == SUBJECTS, 60)
    attempts = replay(stage)
    stage.wait("them to be parked again", lambda: again(stage, attempts), 60)
    stage.ledger.accept_again()
    keys = list(replay(stage))
    replay(stage, keys)
    stage.healed()


def parked(stage: Stage) -> int:
    """How many deliveries are parked."""
    return stage.ledger.inbox_states().get("parked", 0)


def replay(stage: Stage, keys: list[stored_deliveries.Key] | None = None) -> dict[stored_deliveries.Key, int]:
    """Replay what is parked, or these deliveries whatever they are by now; the attempts of each so far."""
    with stage.ledger.consumer_session() as session, session.begin():
        attempts = {one.key: one.attempts for one in stored_deliveries.stored(session)}
        operator_actions.replay(session, keys or list(attempts), OPERATOR, datetime.now(UTC))
    return attempts


def again(stage: Stage, before: dict[stored_deliveries.Key, int]) -> bool:
    """Whether each of them has been tried once more and is parked again."""
    with stage.ledger.consumer_session() as session:
        now = {one.key: one.attempts for one in stored_deliveries.stored(session)}
    return now.keys() == before.keys() and all(now[key] > before[key] for key in before)


CASES = (
    Case(
        "parked deliveries replayed twice",
        f"The handler refuses {SUBJECTS} subjects for good; what is parked is replayed too early, then twice "
        "when the cause is cured.",
        replay_twice,
        only_ours=True,
    ),
)
