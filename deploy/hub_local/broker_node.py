"""A private RabbitMQ node: this machine's program with its own folder and ports, on loopback only.

It runs as root and as an ordinary user. Erlang's name server (epmd) is started on its own port and stopped
with the node, because the one that Erlang starts by itself outlives the node.
"""

import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from hub_local import ports
from hub_local.processes import Child, Invocation, Programs

# Debian's /usr/sbin/rabbitmq-server requires the system's account and folders; this one does not.
DEBIAN_SCRIPT = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
SYSTEM_PATH = "/usr/sbin:/usr/local/sbin:/opt/homebrew/sbin"
NODE_NAME = "hub@localhost"
NAME_SERVER_PORT = "ERL_EPMD_PORT"
MEMORY_LIMIT = "400MB"  # publishers are blocked above this
DISK_LIMIT = "200MB"  # and below this much free disk
# The log of quorum queues is also held in memory; the default of 512 MB is for large machines.
QUORUM_LOG_LIMIT = 32 * 1024 * 1024  # bytes
# RabbitMQ keeps counters of queues for a day; `hubctl subscribers` estimates the age of messages from them.
SAMPLES = tuple(
    f"management.sample_retention_policies.{kind}.{span} = {seconds}"
    for kind, span, seconds in (
        ("global", "minute", 5),
        ("global", "hour", 60),
        ("global", "day", 1200),
        ("basic", "minute", 5),
        ("basic", "hour", 60),
        ("basic", "day", 1200),
        ("detailed", "10", 5),
    )
)
# Idle schedulers spin before they sleep. "short" costs under 1 % of a core; "none" doubles the time to start
# (5.5 instead of 2.6 s on two cores). The port for other nodes of a cluster listens on loopback only.
ERLANG_ARGUMENTS = "+sbwt short +sbwtdcpu short +sbwtdio short -kernel inet_dist_use_interface {127,0,0,1}"


@dataclass(frozen=True)
class Node:
    """A node that was started; it may not answer yet."""

    port: int
    management_port: int | None
    server: Child
    name_server: Child | None
    environment: Mapping[str, str] = field(repr=False)  # with it, RabbitMQ's own tools find the node

    @property
    def children(self) -> tuple[Child, ...]:
        """The node's programs, in the order in which they are stopped."""
        return (self.server,) if self.name_server is None else (self.server, self.name_server)

    def stop(self) -> None:
        """Stop the node, then the name server at which it is registered."""
        for child in self.children:
            child.stop()


def find_program() -> Path | None:
    """Return the `rabbitmq-server` of this machine that an ordinary user can run."""
    if DEBIAN_SCRIPT.exists():
        return DEBIAN_SCRIPT
    found = shutil.which("rabbitmq-server", path=f"{os.environ.get('PATH', '')}:{SYSTEM_PATH}")
    return Path(found) if found else None


def find_name_server() -> Path | None:
    """Return Erlang's `epmd`, from PATH or from the folder of `erl`."""
    found = shutil.which("epmd")
    if found:
        return Path(found)
    erlang = shutil.which("erl")
    if erlang is None:
        return None
    home = Path(erlang).resolve().parent.parent
    return next(iter(sorted(home.glob("**/erts-*/bin/epmd"))), None)


@dataclass(frozen=True, kw_only=True)
class NodeSetup:
    """The program of a node, its data and its configuration."""

    program: Path  # rabbitmq-server
    folder: Path  # of its data, which a fixed node name finds again
    definitions: Path  # the file that it loads
    plugins: Sequence[str] = ()
    settings: Sequence[str] = ()  # more lines for rabbitmq.conf
    # The environment of a node in a cluster: its name, its port for other nodes, and the port of the name
    # server, which runs already.
    in_cluster: Mapping[str, str] = field(default_factory=dict)


def start(
    programs: Programs, setup: NodeSetup, *, again: Node | None = None, port: int | None = None
) -> Node:
    """Start the node.

    Without `again` it gets free ports, or `port` for AMQP; with `again` it gets the ports of that node, which
    has ended.
    """
    (setup.folder / "home").mkdir(mode=0o700, parents=True, exist_ok=True)
    folder = setup.folder.resolve()
    if again is not None:
        port, management_port = again.port, again.management_port
    else:
        port = port or ports.any_free()
        management_port = ports.any_free() if "rabbitmq_management" in setup.plugins else None
    write_settings(setup, port, management_port)

    environment = node_environment(folder) | dict(setup.in_cluster)
    shares_name_server = NAME_SERVER_PORT in setup.in_cluster
    name_server = None if shares_name_server else _start_name_server(programs, environment, folder)
    server = programs.start(Invocation("rabbitmq", [setup.program], environment=environment, folder=folder))
    return Node(port, management_port, server, name_server, environment)


def _start_name_server(programs: Programs, environment: Mapping[str, str], folder: Path) -> Child | None:
    """Start Erlang's name server on the node's own port; return None where it is not installed."""
    epmd = find_name_server()
    if epmd is None:
        return None
    arguments: list[str | Path] = [epmd, "-address", ports.LOOPBACK, "-port", environment[NAME_SERVER_PORT]]
    return programs.start(Invocation("epmd", arguments, environment=environment, folder=folder))


def write_settings(setup: NodeSetup, port: int, management_port: int | None) -> None:
    """Write the node's configuration files into its folder."""
    folder = setup.folder.resolve()
    lines = [
        f"listeners.tcp.local = {ports.LOOPBACK}:{port}",
        f"load_definitions = {setup.definitions.resolve()}",
        f"vm_memory_high_watermark.absolute = {MEMORY_LIMIT}",
        f"disk_free_limit.absolute = {DISK_LIMIT}",
        f"raft.wal_max_size_bytes = {QUORUM_LOG_LIMIT}",
        "log.console = true",
        "log.console.level = warning",
        "log.console.use_colors = off",
        "log.file = false",
    ]
    lines += setup.settings
    if management_port is not None:
        lines += [
            f"management.tcp.ip = {ports.LOOPBACK}",
            f"management.tcp.port = {management_port}",
            *SAMPLES,
        ]
    (folder / "rabbitmq.conf").write_text("\n".join(lines) + "\n")
    (folder / "enabled_plugins").write_text(f"[{','.join(setup.plugins)}].\n")
    (folder / "advanced.config").write_text("[].\n")
    (folder / "rabbitmq-env.conf").write_text("")


def node_environment(folder: Path) -> dict[str, str]:
    """Return our environment with this node's settings of RabbitMQ and Erlang, and without any others."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("RABBITMQ_", "ERL_"))}
    return inherited | {
        "HOME": str(folder / "home"),  # Erlang stores its cookie there
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "ERL_CRASH_DUMP_SECONDS": "0",  # no dump, as the log has the error
        "ERL_EPMD_ADDRESS": ports.LOOPBACK,
        NAME_SERVER_PORT: str(ports.any_free()),
        "RABBITMQ_NODENAME": NODE_NAME,
        "RABBITMQ_DIST_PORT": str(ports.any_free()),
        "RABBITMQ_MNESIA_BASE": str(folder),
        "RABBITMQ_MNESIA_DIR": str(folder / "data"),
        "RABBITMQ_PID_FILE": str(folder / "node.pid"),
        "RABBITMQ_PLUGINS_EXPAND_DIR": str(folder / "plugins"),
        "RABBITMQ_LOG_BASE": str(folder),
        "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
        "RABBITMQ_ADVANCED_CONFIG_FILE": str(folder / "advanced.config"),
        "RABBITMQ_CONF_ENV_FILE": str(folder / "rabbitmq-env.conf"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "enabled_plugins"),
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": ERLANG_ARGUMENTS,
        # The start script replaces itself by Erlang, so that there is one process to signal.
        "RUNNING_UNDER_SYSTEMD": "true",
    }
