"""RabbitMQ in a container, where a Docker engine answers.

Files are copied rather than mounted, so that an engine on another machine works too. The data is in a named
volume, which `make clean` removes.
"""

import hashlib
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from hub_local import ports
from hub_local.broker_node import DISK_LIMIT, MEMORY_LIMIT, QUORUM_LOG_LIMIT, SAMPLES
from hub_local.containers import docker
from hub_local.failures import CannotStart
from hub_local.passwords import private_folder

IMAGE = "rabbitmq:4-management"
SAMPLE_LINES = "\n".join(SAMPLES)
SETTINGS = f"""load_definitions = /etc/rabbitmq/hub-definitions.json
vm_memory_high_watermark.absolute = {MEMORY_LIMIT}
disk_free_limit.absolute = {DISK_LIMIT}
raft.wal_max_size_bytes = {QUORUM_LOG_LIMIT}
{SAMPLE_LINES}
"""


@dataclass(frozen=True)
class Container:
    """A container that this run started."""

    name: str
    host: str
    port: int
    management_port: int

    def stop(self) -> None:
        """Stop and remove the container; its volume stays."""
        docker("stop", "--time", "15", self.name, check=False)
        docker("rm", "--force", self.name, check=False)

    def last_words(self, log: Path) -> Path:
        """Append the container's log to `log`; return `log`."""
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text(last_words(self.name))
        return log


def last_words(name: str) -> str:
    """Return the end of a container's log."""
    finished = subprocess.run(
        ["docker", "logs", "--tail", "200", name],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    return finished.stdout


def container_name(folder: Path) -> str:
    """Return a name derived from the folder, so that two checkouts do not share a broker."""
    return f"mathshub-local-{hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:10]}"


def forget(folder: Path) -> str | None:
    """Remove the volume of a folder's containers; return its name, or None without one."""
    name = container_name(folder)
    if name not in docker("volume", "ls", "--quiet").splitlines():
        return None
    docker("rm", "--force", name, check=False)
    docker("volume", "rm", name)
    return name


def start(folder: Path, *, definitions: Path, port: int | None = None) -> Container:
    """Create and start the container; one of a killed run is replaced, and its volume used again.

    The broker listens on loopback, at `port` or at a free port.
    """
    name = container_name(folder)
    docker("rm", "--force", name, check=False)
    port = port or ports.any_free()
    management_port = ports.any_free()
    setup = ContainerSetup(
        folder=folder,
        definitions=definitions,
        published={5672: port, 15672: management_port},
        options=("--volume", f"{name}:/var/lib/rabbitmq"),
    )
    create(name, setup)
    try:
        docker("start", name)
    except CannotStart:
        docker("rm", "--force", name, check=False)
        raise
    return Container(name, ports.LOOPBACK, port, management_port)


@dataclass(frozen=True, kw_only=True)
class ContainerSetup:
    """The files, ports and options with which a container is created."""

    folder: Path  # of the file with its settings
    definitions: Path
    published: Mapping[int, int]  # port of the container → port of loopback
    settings: Sequence[str] = ()  # more lines for rabbitmq.conf
    options: Sequence[str] = ()  # of `docker create`


def create(name: str, setup: ContainerSetup) -> None:
    """Create a container and copy its files."""
    file = setup.folder / "container.conf"
    # Another account reads the file in the container; on this machine its folder has mode 0700.
    private_folder(setup.folder).chmod(0o700)
    file.write_text(SETTINGS + "".join(f"{line}\n" for line in setup.settings))
    setup.definitions.chmod(0o644)
    words = [word for inside, outside in setup.published.items() for word in _publish(inside, outside)]
    # The host name is part of the node's name, by which RabbitMQ finds its data.
    docker("create", "--name", name, "--hostname", "hub", *setup.options, *words, IMAGE)
    try:
        docker("cp", str(file), f"{name}:/etc/rabbitmq/conf.d/90-hub.conf")
        docker("cp", str(setup.definitions), f"{name}:/etc/rabbitmq/hub-definitions.json")
    except CannotStart:
        docker("rm", "--force", name, check=False)
        raise


def _publish(inside: int, outside: int) -> tuple[str, str]:
    return "--publish", f"{ports.LOOPBACK}:{outside}:{inside}"
