"""Three RabbitMQ nodes of the fault suite's own that are one cluster, and the network between them."""

import contextlib
import copy
import json
import secrets
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from tests.faults import name_server, proxy
from tests.faults.brokers import SETTINGS, Broker
from tests.faults.contained import program_for
from tests.faults.member import Member
from tests.faults.servers import Servers
from tests.faults.starting import wait_for_server
from tests.support.broker import PASSWORD, USER, BrokerServer
from tests.support.waiting import wait_until

from hub_local import definitions, passwords, ports
from hub_local.places import ROOT, python_path
from hub_local.processes import Child, Invocation, Programs

SIZE = 3
one_at_a_time = threading.Lock()  # each is three nodes
TICK_SECONDS = 8  # after which a node that has fallen silent is taken for gone; usually a minute


@dataclass(frozen=True)
class ClusterServer(BrokerServer):
    """All nodes as one broker: what is asked of it, one that can be reached answers."""

    nodes: Callable[[], Sequence[BrokerServer]] = tuple  # those that can be reached now
    all_ports: tuple[int, ...] = ()

    def uri(self, vhost: str, *, user: str = USER, password: str = PASSWORD) -> str:
        """The AMQP URI of a virtual host, with every node's address."""
        hosts = ",".join(f"{self.host}:{port}" for port in self.all_ports)
        return f"amqp://{user}:{password}@{hosts}/{quote(vhost, safe='')}"

    @property
    def counts_truly(self) -> bool:
        """A node that was halted keeps the counts from when it led the queue, and they are added up."""
        return False

    def nearest(self, uri: str) -> str:
        """The same with the address of one node that can be reached."""
        login, _, rest = uri.rpartition("@")
        return f"{login}@{self.host}:{self.nodes()[0].port}/{rest.partition('/')[2]}"

    def manage(self, method: str, path: str, body: Any = None) -> Any:
        """Ask the management API of a node that can be reached."""
        return self.nodes()[0].manage(method, path, body)


class Cluster(Broker):
    """Three nodes; a case may harm each of them, and the network between them."""

    def __init__(self, folder: Path, programs_in: Callable[[Path], Programs]) -> None:
        super().__init__(folder)
        self._programs = programs_in(self.folder)
        self._program = program_for(self._programs)
        self._users = self.folder / "definitions.json"
        passwords.write_private(self._users, json.dumps(definitions.administrator(PASSWORD)))
        home = self.folder / "home"
        write_cookie(home)
        self.members = [
            Member(name, folder, home, self._program, programs_in(folder))
            for name, folder in ((f"hub{n}", self.folder / f"hub{n}") for n in range(1, SIZE + 1))
        ]
        self._control, self._between = ports.any_free(), self._ports_between()
        self._network = self._start_network()
        try:
            self._start_all()
        except BaseException:
            self.destroy()
            raise
        listed = tuple(member.server.port for member in self.members)
        self.server = ClusterServer(
            ports.LOOPBACK, 0, 0, nodes=lambda: [one.server for one in self._reachable()], all_ports=listed
        )

    def _ports_between(self) -> dict[tuple[str, str], int]:
        """The port at which a node finds another."""
        names = [member.name for member in self.members]
        return {(one, other): ports.any_free() for one in names for other in names if one != other}

    def _start_network(self) -> list[Child]:
        inter_node = {member.name: member.inter_node_port for member in self.members}
        told = {
            member.name_server_port: {
                name: self._between.get((member.name, name), port) for name, port in inter_node.items()
            }
            for member in self.members
        }
        routes = [f"{port}:{inter_node[other]}" for (_, other), port in self._between.items()]
        commands = {
            "proxy": [proxy.__name__, str(self._control), *routes],
            "name-server": [name_server.__name__, json.dumps(told)],
        }
        environment = {"PYTHONPATH": python_path()}
        started = [
            self._programs.start(
                Invocation(name, [sys.executable, "-m", *command], environment=environment, folder=ROOT)
            )
            for name, command in commands.items()
        ]
        listening = [self._control, *self._between.values(), *told]
        wait_until(lambda: not any(ports.is_free(port) for port in listening))
        return started

    def _start_all(self) -> None:
        """Start the first, which the others join."""
        first, *others = self.members
        self.start_one(first)
        with ThreadPoolExecutor() as pool:
            list(pool.map(self.start_one, others))
        wait_for_server("all nodes in one cluster", lambda: len(self.running()) == SIZE)

    def running(self) -> set[str]:
        """The nodes that are in the cluster now, as one that can be reached sees it."""
        (seen, *_) = self._reachable()
        return {node["name"] for node in seen.server.manage("GET", "nodes") if node["running"]}

    def _reachable(self) -> list[Member]:
        return [member for member in self.members if member.runs and member.can_be_reached]

    def make_whole(self, vhost: str, queue: str) -> None:
        """Wait until every node is there again and takes part."""
        for member in self.members:
            member.wait()
        wait_for_server("all nodes to take part", lambda: self.is_whole(vhost, queue), interval=0.5)

    def start_one(self, member: Member) -> None:
        """Start a node, or start it again."""
        settings = [
            *SETTINGS,
            "cluster_formation.peer_discovery_backend = classic_config",
            f"cluster_formation.classic_config.nodes.1 = {self.members[0].node_name}",
            "cluster_partition_handling = pause_minority",
            f"net_ticktime = {TICK_SECONDS}",
        ]
        member.start(self._users, settings)

    def leader_of(self, vhost: str, queue: str) -> Member:
        """The node that orders what goes into a replicated queue."""
        name = self.server.manage("GET", f"queues/{vhost}/{queue}")["leader"]
        return next(member for member in self.members if member.node_name == name)

    def node_of(self, user: str) -> Member:
        """The node to which a service is connected."""
        listed = self.server.manage("GET", "connections")
        name = next(one["node"] for one in listed if one["user"] == user)
        return next(member for member in self.members if member.node_name == name)

    def is_whole(self, vhost: str, queue: str) -> bool:
        """Whether every node is there and takes part in a replicated queue."""
        told = self.server.manage("GET", f"queues/{vhost}/{queue}")
        return len(self.running()) == SIZE and len(told.get("online", ())) == SIZE

    def isolate(self, member: Member) -> None:
        """Hold back whatever is sent between a node and the others."""
        member.can_be_reached = False
        proxy.order(self._control, "freeze", *self._routes_of(member))

    def reunite(self, member: Member) -> None:
        """Let through what is sent between a node and the others."""
        proxy.order(self._control, "pass", *self._routes_of(member))

    def _routes_of(self, member: Member) -> list[int]:
        return [port for pair, port in self._between.items() if member.name in pair]

    @property
    def runs(self) -> bool:
        """Whether every node does."""
        return all(member.runs for member in self.members)

    def start(self) -> None:
        """Start again whatever does not run."""
        with ThreadPoolExecutor() as pool:
            list(pool.map(self.start_one, [member for member in self.members if not member.runs]))

    def renew(self) -> None:
        """Nothing: a cluster is new for each case."""

    def forget(self, vhost_uri: str) -> None:
        """Nothing: it is thrown away after the case."""

    def destroy(self) -> None:
        """End all that was started."""
        for member in self.members:
            member.kill()
        for child in self._network:
            child.stop(grace=1)


@contextlib.contextmanager
def clustered(servers: Servers) -> Iterator[Servers]:
    """The same servers with a new cluster for their broker; it is thrown away afterwards."""
    with one_at_a_time, tempfile.TemporaryDirectory(dir=servers.folder, ignore_cleanup_errors=True) as folder:
        changed = copy.copy(servers)
        changed.broker = cluster = Cluster(Path(folder), servers.programs)
        try:
            yield changed
        finally:
            cluster.destroy()


def write_cookie(home: Path) -> None:
    """Write the secret that the nodes of a cluster share."""
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    cookie = home / ".erlang.cookie"
    cookie.write_text(secrets.token_hex(16))
    cookie.chmod(0o400)
