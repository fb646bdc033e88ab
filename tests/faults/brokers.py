"""A RabbitMQ of the fault suite's own, as the cases see it, and the one that is a process of this machine."""

import json
import shutil
import subprocess
from pathlib import Path

from tests.faults.starting import ServerFailed, wait_for_server
from tests.support.broker import PASSWORD, USER, BrokerServer

from hub_local import broker as local_broker
from hub_local import broker_node, broker_probe, definitions, passwords, ports
from hub_local.processes import Child, Programs

# Counts are read once a case has ended; RabbitMQ's own interval of five seconds would be added to each.
SETTINGS = ("collect_statistics_interval = 1000",)
ORDERED_WITHIN = 60.0  # seconds, for `rabbitmqctl`


def end_at_once(child: Child) -> None:
    """`kill -9`, and wait until it is gone."""
    child.kill()
    child.stop(grace=0)


class Broker:
    """A private RabbitMQ that keeps its ports and its data from one life to the next.

    What a kind does in its own way raises NotImplementedError here.
    """

    server: BrokerServer  # where its clients and its administrator find it

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "broker"
        self.was_restarted = False  # since its data was new
        self.has_deleted = False  # a virtual host since then

    @property
    def port(self) -> int:
        """Where it takes AMQP connections, in every life."""
        return self.server.port

    @property
    def runs(self) -> bool:
        """Whether its process is there."""
        raise NotImplementedError

    def end(self, *, at_once: bool) -> None:
        """End it, as a power cut would or politely."""
        raise NotImplementedError

    def wipe(self) -> None:
        """Throw its data away; it has ended."""
        raise NotImplementedError

    def launch(self) -> None:
        """Start it, on the data that there are."""
        raise NotImplementedError

    def last_words(self) -> str:
        """The end of its log."""
        raise NotImplementedError

    def control(self) -> list[str]:
        """Return the command that runs `rabbitmqctl` against it."""
        raise NotImplementedError

    def remove(self) -> None:
        """End it for good."""
        self.end(at_once=True)
        self.wipe()

    def kill(self) -> None:
        """End it as a power cut would."""
        self.was_restarted = True
        self.end(at_once=True)

    def stop(self) -> None:
        """End it politely."""
        self.was_restarted = True
        self.end(at_once=False)

    def forget(self, vhost_uri: str) -> None:
        """Have nothing left of a virtual host; a node that was stopped or killed begins afresh."""
        if self.was_restarted:
            self.renew()
        else:
            self.server.drop_vhost(vhost_uri)
            self.has_deleted = True

    def renew(self) -> None:
        """Have it as it was in the beginning, whatever has been done to it.

        RabbitMQ 3.10.8 that is ended after queues were deleted, by SIGKILL above all, was seen to come back
        with a quorum queue without a leader ("badmatch, timeout" in rabbit_quorum_queue:consume; 40 s after
        the start it still confirmed nothing) and a stream that confirms nothing ("function_clause" in
        rabbit_stream_coordinator:update_stream0). No client can mend that.
        """
        if not (self.was_restarted or self.has_deleted):
            return
        self.end(at_once=True)
        self.wipe()
        self.start()
        self.was_restarted = self.has_deleted = False

    def start(self) -> None:
        """Start it again and wait until it accepts clients."""
        self.launch()
        self.wait()

    def wait(self) -> None:
        """Wait until it answers, over AMQP and over its management interface."""
        uri = self.server.uri(definitions.VIRTUAL_HOST, user=USER)
        wait_for_server(
            "the broker to answer",
            lambda: not self.runs or (broker_probe.answers(uri) and self.server.answers()),
        )
        if not self.runs:
            raise ServerFailed(self.last_words())

    def tell(self, *words: str) -> str:
        """Run RabbitMQ's own `rabbitmqctl` against it, as an operator would."""
        command = [*self.control(), "--quiet", *words]
        done = subprocess.run(command, capture_output=True, text=True, timeout=ORDERED_WITHIN, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def version(self) -> str:
        """Which release it is."""
        return str(self.server.manage("GET", "overview")["rabbitmq_version"])


class NodeBroker(Broker):
    """The machine's own program, as our child."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._programs = Programs(folder / "log", folder / "run")
        self._program = broker_node.find_program() or local_broker.install(self._programs, say=print)
        self._definitions = self.folder / "definitions.json"
        passwords.write_private(self._definitions, json.dumps(definitions.administrator(PASSWORD)))
        self._node: broker_node.Node | None = None
        self.launch()
        assert self.node.management_port is not None
        self.server = BrokerServer(ports.LOOPBACK, self.node.port, self.node.management_port)
        self.wait()

    @property
    def node(self) -> broker_node.Node:
        """The node in its life that is on, or was the last."""
        assert self._node is not None
        return self._node

    @property
    def runs(self) -> bool:
        """Whether its process is there."""
        return not self.node.server.has_ended

    def end(self, *, at_once: bool) -> None:
        """End the node and its name server."""
        if not at_once:
            self.node.stop()
            return
        for child in self.node.children:
            end_at_once(child)

    def wipe(self) -> None:
        """Delete the folder of its data."""
        shutil.rmtree(self.folder / "data", ignore_errors=True)

    def launch(self) -> None:
        """Start the program."""
        setup = broker_node.NodeSetup(
            program=self._program,
            folder=self.folder,
            definitions=self._definitions,
            plugins=("rabbitmq_management",),
            settings=SETTINGS,
        )
        self._node = broker_node.start(self._programs, setup, again=self._node)

    def last_words(self) -> str:
        """The end of its log."""
        return self.node.server.log.read_text()[-3000:]

    def control(self) -> list[str]:
        """Return the command of the `rabbitmqctl` next to the program, in the node's environment."""
        told = [f"{name}={value}" for name, value in self.node.environment.items()]
        return ["env", *told, str(self._program.with_name("rabbitmqctl"))]
