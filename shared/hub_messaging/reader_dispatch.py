"""What a reader has in hand, handed to the dispatcher; again, after a pause, when it must be."""

from collections.abc import Sequence
from typing import Final

from hub_messaging.database_errors import AWAY, reason_of
from hub_messaging.dispatch import DatabaseAway, Degraded, Dispatcher
from hub_messaging.flow_control import FlowControl
from hub_messaging.messages import Message
from hub_messaging.stopping import Stop, Stopped

FAILING: Final = "one handler after the other fails"  # what the readiness probe says


class ReaderDispatch:
    """The part of a reader that knows what a dispatcher may answer."""

    _dispatcher: Dispatcher
    _pace: FlowControl
    _stop: Stop
    _away: str | None

    def _rest(self, reason: str, error: Exception | None) -> None:
        raise NotImplementedError

    def _take(self, messages: Sequence[Message]) -> bool:
        """Hand messages to the dispatcher; False, after a pause, when they must be handed in again."""
        failures = self._dispatcher.failures
        try:
            self._dispatcher.take(messages)
        except (DatabaseAway, *AWAY) as exc:
            self._rest(reason_of(exc), exc)
            return False
        except Degraded as exc:
            self._rest(FAILING, exc)
            return False
        if self._dispatcher.struggling and self._dispatcher.failures > failures:
            self._rest(FAILING, None)
        else:
            self._away = None  # also for a repeat or a mark, which no handler sees: the database has answered
        return True

    def _take_all(self, messages: Sequence[Message]) -> None:
        """Hand in what comes from the log, however long it takes.

        Raises:
            Stopped: before all of it was dealt with, so nobody may say that we have caught up.
        """
        left = list(messages)
        while left:
            if self._stop.asked:
                raise Stopped
            step = 1 if self._dispatcher.struggling else self._pace.step
            if self._take(left[:step]):
                del left[:step]
        self._away = None  # a service that catches up can work, however much there is to read
