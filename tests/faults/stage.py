"""One case's world: fresh databases and a fresh virtual host, the programs, and the means to do them harm."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.broker_users import import_definitions
from tests.faults.consumer_queue import ConsumerQueue
from tests.faults.counting import Change
from tests.faults.ledger import Ledger, Progress
from tests.faults.network import Network, Networks
from tests.faults.patience import Patience
from tests.faults.programs import Program, folder_of
from tests.faults.readiness import Readiness
from tests.faults.servers import Servers
from tests.faults.systems.catalogue import HUB, System

from hub_local import ports
from hub_local.keys import signer

READY_WITHIN = 60.0  # seconds from the start of the programs
LOOK_EVERY = 0.1  # seconds
QUIET = 5.0  # seconds without change after which an empty queue is taken for the end


class Stuck(Exception):
    """The system under test did not come to where the case needs it."""


@dataclass
class Stage:
    """The servers, programs and measurements of a case."""

    servers: Servers
    system: System
    events: int  # commands of this case
    seed: int
    folder: Path
    name: str
    environment: dict[str, str] = field(default_factory=dict)  # for every program, set before `start`
    replicas: int = 1
    publisher_kills: list[str] = field(default_factory=list)
    consumer_kills: list[str] = field(default_factory=list)
    extra: list[Change] = field(default_factory=list)  # accepted events that the harness published itself
    forbidden: int = 0  # accepted events that must take no effect while the case lasts
    unreadable: int = 0  # messages that must end parked …
    forged: int = 0  # … and how many of them because of where they came from
    dropped: int = 0  # deliveries that an operator gives up
    notes: list[str] = field(default_factory=list)  # of what went wrong
    findings: list[str] = field(default_factory=list)  # what else is worth knowing
    afterwards: list[Callable[[], object]] = field(default_factory=list)  # to undo what was done to servers
    healed_at: float = 0.0  # the end of the fault
    changed_at: float = 0.0  # when an effect was last seen to appear

    def __post_init__(self) -> None:
        """Make the databases and the virtual host."""
        template = f"template_{self.system.name}"
        urls = [self.servers.database.copy_of(template) for _ in range(2)]
        self.database_urls = dict(zip(("publisher", "consumer"), urls, strict=True))
        self.ledger = Ledger(*urls)
        self.direct_uri = self.servers.broker.server.new_vhost()
        self.vhost = self.direct_uri.rpartition("/")[2]
        server, name = self.servers.broker.server, self.system.queue
        self.queue = ConsumerQueue(server, self.vhost, self.direct_uri, name)
        if self.system.is_ours:
            import_definitions(self.servers.broker.server, self.vhost)
        self.programs = folder_of(self.folder, self.system.name, self.name)
        self.publishers: list[Program] = []
        self.consumers: list[Program] = []
        self.networks = Networks(self.programs)
        self.readiness = Readiness(())
        self._best: tuple[float, float, float, float] = (0, 0, math.inf, 0)

    def start(self) -> None:
        """Start all programs and wait until the consumer listens."""
        self.publishers = [self._program("publisher", i, self.publisher_kills) for i in range(self.replicas)]
        self.consumers = [self._program("consumer", i, self.consumer_kills) for i in range(self.replicas)]
        for program in self.everyone:
            program.start()
        if self.system.is_ours:
            self.readiness = Readiness(self.everyone)
            self.readiness.start()
        self.wait("the consumer to listen", lambda: self.queue.consumers() > 0, READY_WITHIN)

    @property
    def everyone(self) -> list[Program]:
        """Every program of the system."""
        return [*self.publishers, *self.consumers]

    def _program(self, role: str, replica: int, kills: list[str]) -> Program:
        keys = signer(self.folder / "keys")
        environment = {
            "HUB_ID": HUB,
            "HUB_DATABASE_URL": self.networks.through(self.database_urls[role]),
            "HUB_AMQP_URI": self.networks.through(self.uri_of(role)),
            "HUB_HTTP_PORT": str(ports.any_free()),
            "HUB_TOKEN_PUBLIC_KEY_FILE": str(keys.public_file),
            "FAULTS_SEED": str(self.seed),
            "FAULTS_REPLICA": str(replica),
            "FAULTS_REPLICAS": str(self.replicas),
        }
        return Program(
            f"{role}-{replica}",
            self.system.module,
            role,
            environment | self.environment,
            self.programs,
            self.servers.python,
            self.folder,
            list(kills) if replica == 0 else [],
        )

    def begin_again(self, *programs: Program, **environment: str) -> None:
        """Stop programs and start them with other settings."""
        for program in programs:
            program.stop()
        for program in programs:
            program.environment = {**program.environment, **environment}
            program.start()

    def uri_of(self, user: str) -> str:
        """The broker's URI for a service's own user; the other systems know only the administrator."""
        server = self.servers.broker.server
        return server.uri(self.vhost, user=user) if self.system.is_ours else self.direct_uri

    def look_after(self) -> None:
        """Be the process supervisor."""
        for program in self.everyone:
            if program.look_after():
                self.healed()

    def order(self, commands: int | None = None, per_second: float = 0.0) -> None:
        """Want so many commands, all of the case's when nothing is said."""
        self.ledger.order(self.events if commands is None else commands, per_second)

    def wait(self, what: str, condition: Callable[[], bool], seconds: float) -> None:
        """Wait for something, looking after the programs.

        Raises:
            Stuck: it did not happen, and for so many seconds nothing moved either.
        """
        patience = Patience(seconds)
        while not condition():
            if patience.is_exhausted(self._furthest()):
                raise Stuck(f"waited in vain for {what}")
            self.look_after()
            time.sleep(LOOK_EVERY)

    def pause(self, seconds: float) -> None:
        """Let the system run on for a while, looking after the programs: how long a fault lasts."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.look_after()
            time.sleep(LOOK_EVERY)

    def wait_for_effects(self, share: float, seconds: float = 60.0) -> None:
        """Wait until a share of the case's events has taken effect."""
        goal = int(self.events * share)
        self.wait(f"{goal} effects", lambda: self._distinct() >= goal, seconds)

    def wait_for_accepted(self, commands: int, seconds: float = 60.0) -> None:
        """Wait until so many commands have been carried out."""
        self.wait(
            f"{commands} commands",
            lambda: (p := self.ledger.progress()) is not None and p.accepted >= commands,
            seconds,
        )

    def _distinct(self) -> int:
        progress = self.ledger.progress()
        return -1 if progress is None else progress.distinct

    def _furthest(self) -> tuple[float, ...]:
        """How far things have ever come; what goes round in circles gets no further."""
        now = self.ledger.progress() or Progress(0, 0, 0)
        ready, _ = self.queue.declared()
        accepted, distinct, left, _ = self._best
        self._best = (
            max(accepted, now.accepted), max(distinct, now.distinct), min(left, ready), self.healed_at
        )  # fmt: skip
        return self._best

    def healed(self) -> None:
        """Record that the fault ends now."""
        self.healed_at = time.monotonic()
        self.readiness.begin()

    def require_ready(self) -> None:
        """See that every program is ready again soon after the fault, whether or not there is work to do."""
        self.notes += self.readiness.late()

    def require_ready_now(self, what: str) -> None:
        """See that every program is ready while a fault lasts that leaves them a way to work."""
        self.readiness.begin()
        self.notes += [f"{what}: {words}" for words in self.readiness.late()]

    def drain(self, seconds: float) -> bool:
        """Wait until everything has taken effect, or nothing more will; False after a standstill."""
        last: Progress | None = None
        self.order()  # as fast as it can, now: the load's own rate must not be what is measured
        self.changed_at = time.monotonic()
        patience = Patience(seconds)
        while not patience.is_exhausted(self._furthest()):
            self.look_after()
            now = self.ledger.progress()
            if now is not None and now != last:
                last, self.changed_at = now, time.monotonic()
            if now is not None and now.accepted >= self.events:
                complete = now.distinct >= self.events + len(self.extra) - self.forbidden
                quiet = time.monotonic() - self.changed_at > QUIET and not self.system.is_ours
                # Repeats that are still in the queue could still do harm.
                if (complete or quiet) and self.queue.is_empty():
                    return True
            time.sleep(LOOK_EVERY)
        return False

    def delete_queue(self) -> None:
        """Delete the consumer's queue as an administrator, and wait until the consumer declares it again."""
        self.queue.delete()
        self.wait("the consumer to listen again", lambda: self.queue.consumers() > 0, 60)

    def put_proxy_between(self) -> Network:
        """Let the programs that start from now on reach the broker through a network that can be bad."""
        return self.networks.before(self.servers.broker.port, "proxy")

    def stop(self) -> None:
        """Ask every program to leave, publishers first."""
        self.readiness.stop()
        for program in self.everyone:
            program.stop()

    def close(self) -> None:
        """Leave nothing behind."""
        self.stop()
        self.networks.stop()
        self.ledger.close()

    def dismantle(self) -> None:
        """Stop what still runs, heal the servers, and take the databases and the virtual host away."""
        self.close()
        self.servers.heal()
        for undo in self.afterwards:
            undo()
        for url in self.database_urls.values():
            self.servers.database.server.drop_database(url)
        self.servers.broker.forget(self.direct_uri)
