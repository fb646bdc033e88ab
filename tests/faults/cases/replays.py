"""A replay from outboxes that no longer hold all of history."""

import shutil

from tests.faults.cases.case import Case
from tests.faults.stage import Stage, Stuck

SWITCH = ("--by", "fault suite", "--why", "a replay past retention")


def past_retention(stage: Stage) -> None:
    """Have outbox and inbox forget the older half, then rebuild from the outboxes while events flow."""
    stage.start()
    stage.order(stage.events // 2)
    stage.wait_for_effects(0.5)
    stage.ledger.forget(stage.events // 4)
    stage.order(per_second=stage.events / 10)
    listed = stage.folder / "losses"
    listed.mkdir(exist_ok=True)
    code, said = rebuild(stage, "--from-outboxes", f"--losses={listed}", *SWITCH)
    if code == 0 or not any(listed.iterdir()):
        raise Stuck(f"the replay did not refuse with a list of what would be lost: {said[-200:]}")
    shutil.rmtree(listed)
    stage.findings.append("the replay was refused")
    stage.healed()


def rebuild(stage: Stage, *arguments: str) -> tuple[int, str]:
    """Run the consumer's `rebuild` as an operator does; its exit code and what it said."""
    (consumer,) = stage.consumers
    urls = {
        "HUB_PUBLISHER_DATABASE_URL": stage.database_urls["publisher"],
        "HUB_BYSTANDER_DATABASE_URL": stage.servers.database.copy_of("template_ours"),
    }
    words = ["-W", "ignore", "-m", consumer.module, consumer.role, "rebuild", *arguments]
    done = consumer.python.run(words, {**consumer.environment, **urls}, stage.folder)
    return done.returncode, " ".join((done.stdout + done.stderr).split())


CASES = (
    Case(
        "replay past retention",
        "Outbox and inbox have forgotten the oldest events; a replay from outboxes must refuse, and every "
        "effect stays.",
        past_retention,
        only_ours=True,
    ),
)
