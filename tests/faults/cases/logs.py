"""Faults of the event log: an administrator unbinds or deletes it by mistake, and restores it."""

import sqlalchemy as sa
from tests.faults.broker_users import BYSTANDER, CONSUMER, PUBLISHER
from tests.faults.cases.case import Case
from tests.faults.cases.operators import MARK_SECONDS
from tests.faults.stage import Stage
from tests.faults.systems.catalogue import EXCHANGE, HUB

from hub_messaging import log_restore
from hub_messaging.envelope import SCHEMAS
from hub_messaging.topology import LOG_QUEUE
from hub_messaging.wire import connected

SECONDS = 15  # over which the events are spread


def log_unbound(stage: Stage) -> None:
    """Unbind the log from the publisher's exchange."""
    _begin(stage)
    server = stage.servers.broker.server
    server.manage("DELETE", f"bindings/{stage.vhost}/e/{EXCHANGE}/q/{LOG_QUEUE}/%23")
    stage.wait_for_effects(0.3)
    _lose_queue(stage)
    restore_log(stage)
    stage.healed()


def log_deleted(stage: Stage) -> None:
    """Delete the log; the consumer finds its queue missing before the log is restored."""
    _begin(stage)
    stage.servers.broker.server.manage("DELETE", f"queues/{stage.vhost}/{LOG_QUEUE}")
    stage.wait_for_effects(0.3)
    _lose_queue(stage)
    stage.wait("the consumer to listen again", lambda: stage.queue.consumers() > 0, 60)
    restore_log(stage)
    stage.healed()


def _begin(stage: Stage) -> None:
    stage.environment["FAULTS_MARK_SECONDS"] = MARK_SECONDS
    stage.start()
    stage.order(per_second=stage.events / SECONDS)
    stage.wait_for_effects(0.1)


def _lose_queue(stage: Stage) -> None:
    """Delete the consumer's queue with events in it that the log does not hold."""
    (consumer,) = stage.consumers
    consumer.stop()
    stage.wait_for_accepted(int(stage.events * 0.6))
    stage.wait("the queue to hold something", lambda: stage.queue.declared()[0] > 0, 60)
    stage.queue.delete()
    consumer.start()


def restore_log(stage: Stage) -> None:
    """Make the log whole again, as `hubctl log restore` does."""
    urls = stage.database_urls | {BYSTANDER: stage.servers.database.copy_of("template_ours")}
    engines = {name: sa.create_engine(urls[name]) for name in (PUBLISHER, CONSUMER, BYSTANDER)}
    try:
        with connected(stage.direct_uri) as connection:
            found = log_restore.restore(
                connection, log_restore.Outboxes(HUB, SCHEMAS, engines), lambda *_: None
            )
    finally:
        for engine in engines.values():
            engine.dispose()
    stage.findings.append(f"{found.missing} events brought back into the log")


CASES = (
    Case(
        "log unbound by an administrator",
        "The log is unbound from the publisher's exchange under load; then the consumer's queue is deleted "
        "with events in it, and the log is restored.",
        log_unbound,
        only_ours=True,
    ),
    Case(
        "log deleted by an administrator",
        "The log is deleted under load, then the consumer's queue with events in it; the consumer goes on "
        "without a log until it is restored.",
        log_deleted,
        short=False,
        only_ours=True,
    ),
)
