"""A developer follows docs/subscribing.md on a deployment: over TLS, through the AMQP gateway."""

from collections import Counter
from contextlib import ExitStack
from pathlib import Path

from tests.deploy.conftest import SCRIPT, Deployment
from tests.deploy.keeping import lose
from tests.subscribing import page
from tests.subscribing.feeding import SUBSCRIBED
from tests.subscribing.following import follow
from tests.subscribing.programs import Program, running
from tests.support.waiting import wait_until

from hub_local import ports

BEFORE, AFTER = "2025-10-03", "2025-11-07"  # the first support visits are history, later ones live


def published(hub: Deployment) -> Counter[str]:
    """How many events of each type that is subscribed to visits has published."""
    rows = hub.ask("visits", "SELECT type, count(*) FROM outbox WHERE published_at IS NOT NULL GROUP BY 1")
    counts = dict(row.split("|") for row in rows)
    return Counter({type_: int(counts[type_]) for type_ in SUBSCRIBED if type_ in counts})


def has_received(program: Program, expected: Counter[str]) -> bool:
    assert program.process.poll() is None, (program.folder / "err").read_text()[-3000:]
    return Counter(one.type for one in program.printed_deliveries if not one.repeated) == expected


def test_a_subscriber_receives_history_and_then_new_events(hub: Deployment, tmp_path: Path) -> None:
    door = {
        "COMPOSE_PROFILES": "subscribers",
        "HUB_SUBSCRIBERS_HOST": "localhost",
        "HUB_SUBSCRIBERS_PORT": str(ports.any_free()),
    }
    lose(hub)  # a hub with a later date would refuse the same commands of an earlier one
    hub.script(
        "up",
        COMPOSE_PROFILES=door["COMPOSE_PROFILES"],
        HUB_SUBSCRIBERS_HOST=door["HUB_SUBSCRIBERS_HOST"],
        HUB_SUBSCRIBERS_PORT=door["HUB_SUBSCRIBERS_PORT"],
    )
    hub.demonstrate("--until", BEFORE)
    history = published(hub)
    with ExitStack() as stack:
        programs = []
        for number, client in enumerate(page.clients()):
            folder = tmp_path / f"stranger-{number}"
            operator = {**hub.environment, **door}
            settings = follow(folder, f"stranger-{number}", operator, hubctl=f"{SCRIPT} hubctl")
            assert settings["HUB_EVENTS_URI"].startswith("amqps://")
            assert (folder / settings["HUB_EVENTS_CA"]).is_file()
            programs.append(stack.enter_context(running(client.encrypted("localhost"), folder, settings)))
        for program in programs:
            wait_until(lambda: has_received(program, history), deadline=120)  # noqa: B023 - waited for at once
        hub.demonstrate("--until", AFTER)
        told = published(hub)
        for program in programs:
            wait_until(lambda: has_received(program, told), deadline=120)  # noqa: B023 - waited for at once
    hub.compose("--profile", "subscribers", "rm", "--stop", "--force", "amqp-gateway")
    assert 0 < history.total() < told.total()
    assert [program.inbox for program in programs] == [told.total()] * len(programs)
