"""The part of a reader that dispatches received messages, and pauses after failures."""

from collections.abc import Sequence
from typing import Final

from hub_messaging.database_errors import AWAY, reason_of
from hub_messaging.dispatch import DatabaseAway, Degraded, Dispatcher
from hub_messaging.flow_control import FlowControl
from hub_messaging.messages import Message
from hub_messaging.stopping import Stop, Stopped

FAILING: Final = "handlers fail one after the other"  # shown by the readiness probe


class ReaderDispatch:
    """A mix-in of the reader: dispatches messages and handles the dispatcher's errors."""

    _dispatcher: Dispatcher
    _flow: FlowControl
    _stop: Stop
    _away: str | None

    def _rest(self, reason: str, error: Exception | None) -> None:
        raise NotImplementedError

    def _take(self, messages: Sequence[Message]) -> bool:
        """Dispatch messages; False, after a pause, when they must be dispatched again."""
        failures = self._dispatcher.failures
        try:
            self._dispatcher.take(messages)
        except (DatabaseAway, *AWAY) as exc:
            self._rest(reason_of(exc), exc)
            return False
        except Degraded as exc:
            self._rest(FAILING, exc)
            return False
        if self._dispatcher.degraded and self._dispatcher.failures > failures:
            self._rest(FAILING, None)
        else:
            self._away = None  # also for a repeat or a mark, which call no handler: the database has answered
        return True

    def _take_all(self, messages: Sequence[Message]) -> None:
        """Dispatch messages from the log until all have been processed.

        Raises:
            Stopped: before that, so the subscription has not caught up.
        """
        left = list(messages)
        while left:
            if self._stop.asked:
                raise Stopped
            step = 1 if self._dispatcher.degraded else self._flow.step
            if self._take(left[:step]):
                del left[:step]
        self._away = None  # a service that is catching up is ready
