"""One RabbitMQ node of a cluster, over all its lives."""

import os
import signal
from collections.abc import Sequence
from pathlib import Path

from tests.faults.brokers import end_at_once
from tests.faults.starting import ServerFailed, wait_for_server
from tests.support.broker import BrokerServer

from hub_local import broker_node, broker_probe, definitions, ports
from hub_local.processes import Programs

HOST = "localhost"  # in the names of the nodes


class Member:
    """One node of a cluster, over all its lives."""

    def __init__(self, name: str, folder: Path, home: Path, program: Path, programs: Programs) -> None:
        self.name = name
        self.inter_node_port, self.name_server_port = ports.any_free(), ports.any_free()
        self.can_be_reached = False  # by the harness
        self._folder, self._home, self._program = folder, home, program
        self._programs = programs
        self._node: broker_node.Node | None = None

    @property
    def node_name(self) -> str:
        """Its name as RabbitMQ says it."""
        return f"{self.name}@{HOST}"

    @property
    def node(self) -> broker_node.Node:
        """The process and its ports."""
        assert self._node is not None
        return self._node

    @property
    def server(self) -> BrokerServer:
        """The loopback address of its AMQP and management ports."""
        assert self.node.management_port is not None
        return BrokerServer(ports.LOOPBACK, self.node.port, self.node.management_port)

    @property
    def runs(self) -> bool:
        """Whether its process is there."""
        return self._node is not None and not self._node.server.has_ended

    def start(self, users: Path, settings: Sequence[str]) -> None:
        """Start it, or start it again, and wait until it lets clients in."""
        own = {
            "RABBITMQ_NODENAME": self.node_name,
            "RABBITMQ_DIST_PORT": str(self.inter_node_port),
            broker_node.NAME_SERVER_PORT: str(self.name_server_port),
            "HOME": str(self._home),
        }
        setup = broker_node.NodeSetup(
            program=self._program,
            folder=self._folder,
            definitions=users,
            plugins=("rabbitmq_management",),
            settings=settings,
            in_cluster=own,
        )
        self._node = broker_node.start(self._programs, setup, again=self._node)
        self.wait()

    def wait(self) -> None:
        """Wait until it answers, over AMQP and over its management interface."""
        uri = self.server.uri(definitions.VIRTUAL_HOST)
        wait_for_server(
            f"{self.name} to answer",
            lambda: not self.runs or (broker_probe.answers(uri) and self.server.answers()),
        )
        if not self.runs:
            raise ServerFailed(self.node.server.log.read_text()[-3000:])
        self.can_be_reached = True

    def kill(self) -> None:
        """End it as a power cut would."""
        self.can_be_reached = False
        if self._node is not None:
            end_at_once(self._node.server)

    def halt(self) -> None:
        """SIGSTOP: its connections stay, and it says nothing."""
        self.can_be_reached = False
        os.kill(self._process, signal.SIGSTOP)

    def go_on(self) -> None:
        """Let a halted node continue."""
        os.kill(self._process, signal.SIGCONT)

    @property
    def _process(self) -> int:
        return int((self._folder / "node.pid").read_text())

    def stop(self) -> None:
        """End it politely."""
        self.can_be_reached = False
        self.node.stop()
