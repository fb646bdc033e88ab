"""The RabbitMQ that is deployed, in a container that is killed, stopped and started on its data."""

import json
from pathlib import Path

from tests.faults import leftovers
from tests.faults.brokers import SETTINGS, Broker
from tests.support.broker import PASSWORD, BrokerServer

from hub_local import broker_container, definitions, passwords, ports
from hub_local.containers import docker

GRACE = "15"  # seconds between the polite signal and SIGKILL


class ContainerBroker(Broker):
    """A container of the deployed image; its data are in a volume that goes with it."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.server = BrokerServer(ports.LOOPBACK, ports.any_free(), ports.any_free())
        self._name = broker_container.container_name(folder)
        self._definitions = self.folder / "definitions.json"
        passwords.write_private(self._definitions, json.dumps(definitions.administrator(PASSWORD)))
        self._is_made = False
        try:
            self.start()
        except BaseException:
            self.remove()
            raise

    @property
    def runs(self) -> bool:
        """Whether the container runs."""
        return docker("inspect", "--format", "{{.State.Running}}", self._name, check=False) == "true"

    def end(self, *, at_once: bool) -> None:
        """Have the engine end it; what has ended stays ended."""
        words = ("kill",) if at_once else ("stop", "--time", GRACE)
        docker(*words, self._name, check=False)

    def wipe(self) -> None:
        """Remove the container and its volume."""
        docker("rm", "--force", "--volumes", self._name, check=False)
        self._is_made = False

    def launch(self) -> None:
        """Start the container, created when there is none."""
        if not self._is_made:
            setup = broker_container.ContainerSetup(
                folder=self.folder,
                definitions=self._definitions,
                published={5672: self.server.port, 15672: self.server.management_port},
                settings=SETTINGS,
                options=leftovers.label(),
            )
            broker_container.create(self._name, setup)
            self._is_made = True
        docker("start", self._name)

    def last_words(self) -> str:
        """The end of its log."""
        return broker_container.last_words(self._name)[-3000:]

    def control(self) -> list[str]:
        """The tool in the container."""
        return ["docker", "exec", self._name, "rabbitmqctl"]
