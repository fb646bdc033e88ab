"""The queue of commands: a command can be sent when its lane is free and the ids in it are known."""

import heapq
import threading
from collections import defaultdict
from collections.abc import Iterable, Sequence

from hub_demo.commands import Command

LOOK_AGAIN = 0.2  # seconds between two reports of progress


class Agenda:
    """Commands of one phase, shared by the threads that send them."""

    def __init__(self, commands: Sequence[Command]) -> None:
        self._commands = list(commands)
        self._changed = threading.Condition()
        self._ready: dict[str, list[int]] = defaultdict(list)
        self._waiting_for: list[int] = []
        self._followers: dict[int, list[int]] = defaultdict(list)
        self._left = len(self._commands)
        self._failure: BaseException | None = None
        self._put_in_order()

    def take(self, service: str) -> tuple[int, Command] | None:
        """Wait for the next command for a service and return it; None when the phase has ended."""
        with self._changed:
            self._changed.wait_for(lambda: self._ready[service] or self._has_ended())
            if self._has_ended():
                return None
            number = heapq.heappop(self._ready[service])
            return number, self._commands[number]

    def done(self, number: int) -> None:
        """Record that a command was answered, so that commands which depend on it can be sent."""
        with self._changed:
            self._left -= 1
            for follower in self._followers[number]:
                self._waiting_for[follower] -= 1
                if not self._waiting_for[follower]:
                    heapq.heappush(self._ready[self._commands[follower].service], follower)
            self._changed.notify_all()

    def stop(self, failure: BaseException) -> None:
        """Stop handing out commands because of a failure."""
        with self._changed:
            self._failure = self._failure or failure
            self._changed.notify_all()

    def watch(self) -> Iterable[int]:
        """Yield the number of remaining commands, repeatedly until it is 0.

        Raises:
            BaseException: the failure passed to `stop`.
        """
        while True:
            with self._changed:
                self._changed.wait_for(self._has_ended, LOOK_AGAIN)
                left, failure = self._left, self._failure
            if failure is not None:
                raise failure
            yield left
            if not left:
                return

    def _has_ended(self) -> bool:
        return self._left == 0 or self._failure is not None

    def _put_in_order(self) -> None:
        numbers = {command.key: number for number, command in enumerate(self._commands)}
        last_of_lane: dict[tuple[str, str], int] = {}
        for number, command in enumerate(self._commands):
            before = {numbers[key] for key in command.needs() if key in numbers}
            lane = command.service, command.lane
            if lane in last_of_lane:
                before.add(last_of_lane[lane])
            last_of_lane[lane] = number
            self._waiting_for.append(len(before))
            for one in before:
                self._followers[one].append(number)
            if not before:
                heapq.heappush(self._ready[command.service], number)
