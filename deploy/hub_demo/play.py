"""The player of the plan: it sends commands to the services and records the ids in their answers.

Every command has an Idempotency-Key that is the same in every run, so that an interrupted run can start again
and a day can be sent twice without a second effect. Commands about a person who was erased since then are
skipped, because the answer with the person's id was erased too.
"""

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import NAMESPACE_URL, uuid5

from hub_demo.agenda import Agenda
from hub_demo.commands import Command, fill
from hub_demo.connection import AWAY, Answered, Connection
from hub_demo.tokens import GivesToken
from hub_local.failures import CannotStart

# Parallel requests to a service: enough to keep it busy while the database commits.
CONNECTIONS: Final = {"enrolment": 8, "visits": 4}
PATIENCE: Final = 60.0  # seconds for which a service may be unreachable, or miss an event of another service
WAITS: Final = (0.05, 0.1, 0.2, 0.5, 1.0)  # seconds before each further attempt; the last one from then on
TRY_AGAIN: Final = frozenset({429, 502, 503, 504})
# Services receive each other's facts by event, shortly afterwards.
NOT_RECEIVED_YET: Final = frozenset({"unknown_school", "unknown_pd_lead", "unknown_half_term"})
FIRST_TO_KNOW: Final = "enrolment"
STALE: Final = 412
ERASED: Final = "answer_erased"  # the person whom an earlier run created was erased


class LoadStopped(CannotStart):
    """A service refused a command, or did not answer in time."""


@dataclass
class Player:
    """Sends commands and holds the ids in their answers."""

    addresses: Mapping[str, str]
    token: str
    seed: str
    lead_token: GivesToken | None = None  # without it `token` sends the commands of Work Group leads
    patience: float = PATIENCE
    ids: dict[str, str] = field(default_factory=dict)
    etags: dict[str, str] = field(default_factory=dict)
    forgotten: set[str] = field(default_factory=set)  # keys of commands whose answer was erased
    _idle: dict[str, list[Connection]] = field(default_factory=lambda: defaultdict(list))

    def play(self, commands: Sequence[Command], told: Callable[[int], None]) -> None:
        """Send commands, in parallel where their order does not matter.

        `told` is called with the number of remaining commands.

        Raises:
            LoadStopped: one was refused, or its service did not answer in time.
        """
        agenda = Agenda(commands)
        threads = [
            threading.Thread(target=self._work, args=(agenda, service), daemon=True, name=f"{service} {n}")
            for service, number in CONNECTIONS.items()
            if any(command.service == service for command in commands)
            for n in range(number)
        ]
        for thread in threads:
            thread.start()
        try:
            for left in agenda.watch():
                told(left)
        except BaseException as failure:
            agenda.stop(failure)
            raise
        finally:
            for thread in threads:
                thread.join()

    def close(self) -> None:
        """Close the connections."""
        for connections in self._idle.values():
            while connections:
                connections.pop().close()

    def key_of(self, command: Command) -> str:
        """Return the command's Idempotency-Key."""
        return str(uuid5(NAMESPACE_URL, f"urn:maths-hub:demonstration:{self.seed}:{command.key}"))

    def _work(self, agenda: Agenda, service: str) -> None:
        idle = self._idle[service]
        try:
            connection = idle.pop()
        except IndexError:
            connection = Connection(self.addresses[service], self.token)
        while (taken := agenda.take(service)) is not None:
            number, command = taken
            try:
                self._do(connection, command)
            except BaseException as failure:  # noqa: BLE001 - the main thread raises it
                agenda.stop(failure)
                break
            agenda.done(number)
        idle.append(connection)

    def _do(self, connection: Connection, command: Command) -> None:
        if not self.forgotten.isdisjoint(command.needs()):
            self.forgotten.add(command.key)  # it was done: an erasure is the last command about a person
            return
        answered = self._send(connection, command, self._headers(command))
        if answered.status == STALE and command.look:
            answered = self._look(connection, command, answered)
        if answered.code == ERASED:
            self.forgotten.add(command.key)
            return
        if not 200 <= answered.status < 300:
            raise self._refused(command, answered)
        if command.gives:
            try:
                self.ids[command.key] = str(command.found(answered.body, self.ids)[command.gives])
            except LookupError as exc:
                raise LoadStopped(f"{_named(command)} ({command.key}) has no id in its answer.") from exc
            self.etags[command.key] = answered.etag

    def _headers(self, command: Command) -> dict[str, str]:
        headers = {"Hub-Time": command.at.isoformat()}
        if command.by and self.lead_token is not None:
            headers["Authorization"] = f"Bearer {self.lead_token(self.ids[command.by])}"
        if command.method == "POST":
            headers["Idempotency-Key"] = self.key_of(command)
        elif command.match == "*":
            headers["If-None-Match"] = "*"
        elif command.match:
            headers["If-Match"] = self.etags[command.match]
        return headers

    def _look(self, connection: Connection, command: Command, stale: Answered) -> Answered:
        """Return the answer that shows whether an earlier run did a PUT whose ETag is stale."""
        seen = connection.get(fill(command.look, self.ids))
        if seen.status == 200 and all(seen.body.get(name) == value for name, value in command.done.items()):
            return seen
        return stale

    def _send(self, connection: Connection, command: Command, headers: Mapping[str, str]) -> Answered:
        """Send until an answer is final, or PATIENCE has passed."""
        path, content = command.address(self.ids), command.content(self.ids)
        end = time.monotonic() + self.patience
        for wait in _waits():
            try:
                answered = connection.send(command.method, path, content, headers)
            except AWAY as exc:
                if time.monotonic() >= end:
                    raise LoadStopped(
                        f"{command.service} does not answer: {_named(command)} ({command.key}): {exc}"
                    ) from exc
            else:
                if not _worth_another(command, answered) or time.monotonic() >= end:
                    return answered
            time.sleep(wait)
        raise AssertionError  # the waits never end

    def _refused(self, command: Command, answered: Answered) -> LoadStopped:
        code = answered.code or "no code"
        said = f": {answered.detail}" if answered.detail else ""
        return LoadStopped(
            f"The demonstration stopped on {command.at:%d %B %Y}: {command.service} answered "
            f"{_named(command)} ({command.key}) with {answered.status} {code}{said}"
        )


def _worth_another(command: Command, answered: Answered) -> bool:
    if answered.status in TRY_AGAIN or (command.waits_for and answered.code == command.waits_for):
        return True
    return answered.status == 422 and answered.code in NOT_RECEIVED_YET and command.service != FIRST_TO_KNOW


def _waits() -> Iterable[float]:
    yield from WAITS
    while True:
        yield WAITS[-1]


def _named(command: Command) -> str:
    return f"{command.method} {command.path.partition('?')[0]}"
