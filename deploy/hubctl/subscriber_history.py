"""Back-fill of a new subscriber's queue with history, for `hubctl subscribers add --from`."""

from datetime import datetime
from typing import Final

from hub_messaging.amqp_types import Connection
from hub_messaging.event_log import LogSilent
from hub_messaging.gate import Occupied
from hub_messaging.publisher import Unconfirmed
from hub_messaging.stored_deliveries import Refused
from hub_messaging.subscribers import history_fill
from hub_messaging.subscribers.broker import Management
from hub_messaging.subscribers.history_fill import Past
from hub_messaging.subscribers.history_selection import Filled
from hub_messaging.subscribers.new_subscriber import NewSubscriber
from hub_messaging.subscribers.queue_filling import TooFast, TooMuch
from hub_messaging.wire import Missing
from hubctl.log import RESTORE, outboxes_of
from hubctl.output import progress
from hubctl.places import Hub

NOTHING_STAYS: Final = "No subscriber was added"


class FromHistory:
    """Back-fills the queue of a new subscriber with a progress bar, and holds the result."""

    def __init__(self, hub: Hub, uri: str, since: datetime | None, *, from_outboxes: bool) -> None:
        """Find the publishers' databases.

        Args:
            hub: its connections.
            uri: AMQP URI of the broker's administrator.
            since: aware; None: from the beginning.
            from_outboxes: read the outboxes instead of the event log.

        Raises:
            WrongUse: the database of a service is not known.
        """
        found = outboxes_of(hub)
        self.filled: Filled | None = None
        self._past = Past(
            uri=uri,
            hub_id=found.hub_id,
            schemas=found.schemas,
            engines=found.engines,
            since=since,
            from_outboxes=from_outboxes,
        )

    def __call__(self, connection: Connection, broker: Management, place: NewSubscriber) -> None:
        """Fill and bind the queue.

        Raises:
            Refused: it is not possible; the message has the reason and the remedy.
            BROKER_ERRORS, SQLAlchemyError: the broker or a database does not answer.
        """
        try:
            with progress("History", 0) as tell:
                self.filled = history_fill.fill(connection, broker, place, past=self._past, tell=tell)
        except TooMuch:
            raise Refused(
                f"{NOTHING_STAYS}: history exceeds the limits of its queue, {place.limits.messages:,} "
                f"messages and {place.limits.mebibytes:,} MiB. Raise --max-messages or --max-mib, "
                "select fewer --events, or give a later --from."
            ) from None
        except TooFast:
            raise Refused(
                f"{NOTHING_STAYS}: events are published faster than they can be copied. Try again when fewer "
                "events are published."
            ) from None
        except Occupied as exc:
            raise Refused(
                f"{NOTHING_STAYS}: {exc}, which happens when the broker confirms nothing. Try again."
            ) from None
        except LogSilent as exc:
            raise Refused(f"{NOTHING_STAYS}: {exc}. Try again.") from None
        except Missing as exc:
            raise Refused(f"{NOTHING_STAYS}: {exc}. {RESTORE}, or use --from-outboxes.") from None
        except Unconfirmed as exc:
            raise Refused(f"{NOTHING_STAYS}: RabbitMQ does not confirm ({exc}). Try again.") from None
