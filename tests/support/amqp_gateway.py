"""The AMQP gateway as a process: Debian's HAProxy with the configuration that a deployment has."""

import os
import shutil
import signal
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest
from tests.support.waiting import wait_until

from hub_local import ports
from hub_local.packages import can_install, install
from hub_local.places import LOCAL, ROOT
from hub_local.processes import Child, Invocation, Programs
from hub_operations.subscriber_certificates import CERTIFICATE, CHECKED_WITH, provide

PACKAGE: Final = "haproxy"
STARTED: Final = "Loading success."  # in the log of HAProxy's master
RELOADING: Final = "Reloading HAProxy"
CONFIGURATION: Final = ROOT / "deploy" / "haproxy" / "haproxy.cfg"
HOST: Final = "localhost"


@dataclass
class Gateway:
    """A gateway in front of a broker, with a certificate for `localhost`."""

    port: int
    alive_port: int
    certificates: Path  # the folder of the authority, the gateway's certificate and what verifies it
    child: Child

    @property
    def ca_file(self) -> Path:
        """Return the authority's certificate for subscribers."""
        return self.certificates / CHECKED_WITH

    def context(self, ca_file: Path | None = None) -> ssl.SSLContext:
        """A client's settings, as strict as Python has them."""
        context = ssl.create_default_context(cafile=str(ca_file or self.ca_file))
        context.verify_flags |= ssl.VERIFY_X509_STRICT
        return context

    def shown(self) -> bytes:
        """The certificate that a new connection is shown, in DER."""
        with (
            socket.create_connection(("127.0.0.1", self.port), 10) as plain,
            self.context().wrap_socket(plain, server_hostname=HOST) as encrypted,
        ):
            return encrypted.getpeercert(binary_form=True) or b""

    def renew(self, host: str = HOST) -> None:
        """Sign another certificate into the same file, and tell the gateway, as `make up` does."""
        path = self.certificates / CERTIFICATE
        before = self.shown()
        path.chmod(0o600)
        path.write_text("")
        provide(self.certificates, host, datetime.now(UTC))
        self._reload()
        if host == HOST:
            wait_until(lambda: self._shows_another(before), deadline=60)

    def _reload(self) -> None:
        """Signal until the reload begins: a master that has just started ignores signals for a moment."""
        before = self.lines().count(RELOADING)

        def has_begun() -> bool:
            if self.lines().count(RELOADING) > before:
                return True
            self.child.process.send_signal(signal.SIGUSR2)
            return False

        wait_until(has_begun, deadline=60, interval=0.5)

    def _shows_another(self, before: bytes) -> bool:
        """Return whether a new connection is shown another certificate; a reload may reset one."""
        try:
            return self.shown() != before
        except ConnectionError:
            return False

    def lines(self) -> str:
        """Return its log output."""
        return self.child.log.read_text()


def program() -> str:
    """HAProxy of this machine, installed where that is possible."""
    if (found := shutil.which(PACKAGE)) is None and can_install():
        install(PACKAGE, log=LOCAL.logs / "haproxy-install.log")
        found = shutil.which(PACKAGE)
    if found is None:
        pytest.skip("HAProxy is not installed, and this account cannot install it")
    return found


@contextmanager
def running_gateway(folder: Path, broker_port: int, *, host: str = HOST) -> Iterator[Gateway]:
    """A gateway in front of the broker at a port of this machine; `host` is what its certificate names."""
    folder.mkdir(parents=True, exist_ok=True)
    provide(folder, host, datetime.now(UTC))
    port, alive_port = ports.any_free(), ports.any_free()
    environment = {
        "PATH": os.environ["PATH"],
        "AMQP_LISTEN": f"127.0.0.1:{port}",
        "AMQP_ALIVE": f"127.0.0.1:{alive_port}",
        "AMQP_BROKER": f"127.0.0.1:{broker_port}",
        "AMQP_CERTIFICATE": str(folder / CERTIFICATE),
    }
    words = (program(), "-W", "-db", "-f", str(CONFIGURATION))
    programs = Programs(folder / "log", folder / "run")
    child = programs.start(Invocation("amqp-gateway", words, environment=environment, folder=folder))
    try:
        wait_until(lambda: child.has_ended or STARTED in child.log.read_text(), deadline=60)
        assert not child.has_ended, child.log.read_text()
        yield Gateway(port, alive_port, folder, child)
    finally:
        child.stop(grace=5)
