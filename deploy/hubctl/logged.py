"""Checks for `hubctl doctor` that the event log receives a service's events: now, and by its relay."""

from collections.abc import Iterator
from typing import Final

import sqlalchemy as sa

from hub_messaging import counting, log_monitor
from hub_messaging.event_log import Unbound, place_of_new_mark
from hub_messaging.publisher import Unconfirmed
from hub_messaging.wire import BROKER_ERRORS, Missing, connected
from hubctl.databases import opened
from hubctl.diagnosis import Finding, Grade
from hubctl.places import Hub

SECONDS: Final = 5.0  # for a mark to arrive


def of_log(hub: Hub, service: str) -> Iterator[Finding]:
    """Yield the faults of the event log for one service; none for a service that has not published yet.

    Raises:
        sqlalchemy.exc.SQLAlchemyError: the database does not answer.
    """
    with opened(hub, service) as session:
        session.execute(sa.text("SET TRANSACTION READ ONLY"))
        if not counting.published(session):
            return
        # Other faults that the relay has seen may have ended.
        known = log_monitor.remembered(session).trouble == log_monitor.BEHIND
    said = _seen_now(service, hub.amqp_uris[service]) if service in hub.amqp_uris else None
    if said is None and known:
        said = log_monitor.words_of(log_monitor.BEHIND, service)
    if said is not None:
        yield Finding("the event log", Grade.WRONG, f"{said[0].upper()}{said[1:]}.")


def _seen_now(service: str, uri: str) -> str | None:
    """Publish a mark as the service and return the fault if it does not arrive.

    None when the broker does not answer, which another check reports.
    """
    try:
        with connected(uri) as connection:
            offset = place_of_new_mark(connection, service, {}, SECONDS, lambda: False)
    except Unbound:
        return log_monitor.words_of(log_monitor.UNBOUND, service)
    except Missing as exc:
        return f"{exc}: {log_monitor.REMEDY}"
    except (*BROKER_ERRORS, Unconfirmed):
        return None
    return None if offset is not None else log_monitor.words_of(log_monitor.UNBOUND, service)
