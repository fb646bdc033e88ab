"""Events of a hub of one service, recorded and sent as its relay would; and a log that is deleted."""

from typing import Final

import sqlalchemy as sa

from hub_messaging import outbox
from hub_messaging.publisher import ConfirmedPublisher
from hub_messaging.tables import outbox as rows
from hub_messaging.topology import exchange_of, source_of
from hub_messaging.wire import connected
from hub_platform.database import Sessions

EVENTS: Final = 6


def publish(sessions: Sessions, uri: str, *, first: int = 0) -> None:
    """Let EVENTS visits be planned, as far as the messaging library can tell; `first` numbers them."""
    with sessions.begin() as session:
        for number in range(first, first + EVENTS):
            session.execute(
                sa.insert(rows).values(
                    id=f"00000000-0000-7000-8000-{number:012}",
                    type="VisitPlanned",
                    version=1,
                    subject=f"visits/{number}",
                    revision=1,
                    occurred_at=sa.func.now(),
                    data={},
                )
            )
        waiting = outbox.unpublished(session, source_of("test", "visits"), 100)
        with connected(uri) as connection:
            ConfirmedPublisher(connection, exchange_of("visits")).publish([event for _, event in waiting])
        outbox.mark_published(session, [position for position, _ in waiting])


def delete_log(uri: str) -> None:
    """Delete it, as an intruder or a new broker does."""
    with connected(uri) as connection:
        connection.channel().queue_delete("hub.log")
