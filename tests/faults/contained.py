"""RabbitMQ nodes in containers that have the machine's network, process numbers and folders.

So a node of a cluster is given its ports, name and name server as one that is a process of this machine,
and the network between the nodes can be bad in the same ways; only program and Erlang are those of the image.
"""

import itertools
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from tests.faults import leftovers

from hub_local import broker, broker_node
from hub_local.broker_container import IMAGE
from hub_local.containers import docker
from hub_local.processes import GRACE, Child, Invocation, Programs

NODE = "rabbitmq"  # the name under which `broker_node` starts one
# Where images keep the script that does not insist on an account of its own.
SCRIPT = "PATH=/opt/rabbitmq/sbin:/usr/lib/rabbitmq/bin:$PATH exec rabbitmq-server"
GIVEN = ("RABBITMQ_", "ERL_", "HOME", "LANG", "LC_ALL", "RUNNING_UNDER_SYSTEMD")
numbers = itertools.count(1)


@dataclass
class ContainedChild(Child):
    """A program behind `docker run`."""

    container: str = ""

    def kill(self) -> None:
        """Have the engine end the program: SIGKILL to `docker run` would leave it."""
        docker("kill", self.container, check=False)
        self.process.wait()

    def stop(self, grace: float = GRACE) -> None:
        """Ask the program to end, then see that its container is gone."""
        super().stop(grace)
        docker("rm", "--force", "--volumes", self.container, check=False)


@dataclass(frozen=True)
class ContainedPrograms(Programs):
    """Starts nodes in containers, and whatever else as ever."""

    shared: Path  # the folder of all that they read and write

    def start(self, invocation: Invocation) -> Child:
        """Start a program."""
        if invocation.name != NODE:
            return super().start(invocation)
        container = f"hub-faults-{os.getpid()}-node-{next(numbers)}"
        command = command_of(container, invocation.environment, self.shared)
        child = super().start(replace(invocation, arguments=command))
        return ContainedChild(**vars(child), container=container)


def program_for(programs: Programs) -> Path:
    """The program of a node that is started by these; an image knows itself where its own is."""
    if isinstance(programs, ContainedPrograms):
        return Path(NODE)
    return broker_node.find_program() or broker.install(programs, say=print)


def command_of(container: str, environment: Mapping[str, str], shared: Path) -> list[str]:
    """Return the command that runs a node in a container."""
    options = ["--rm", "--name", container, *leftovers.label(), "--network", "host", "--pid", "host"]
    options += ["--user", f"{os.getuid()}:{os.getgid()}", "--volume", f"{shared}:{shared}"]
    for variable in environment:
        options += ["--env", variable] if variable.startswith(GIVEN) else []
    return ["docker", "run", *options, "--entrypoint", "sh", IMAGE, "-c", SCRIPT]
