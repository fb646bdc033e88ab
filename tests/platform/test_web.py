"""How a service's connections are set up."""

import socket
import subprocess
import sys

from tests.support.services import RunningService

from hub_local import ports
from hub_local.places import ROOT
from hub_platform.forwarded import Forwarded
from hub_platform.web import HubWebServer


def test_the_body_of_a_long_answer_does_not_wait_for_the_acknowledgement_of_its_head() -> None:
    with socket.create_server((ports.LOOPBACK, 0)) as listening:
        HubWebServer().get_wsgi_server(listening, Forwarded(lambda _environ, _respond: [], gateways=0))
        with socket.create_connection(listening.getsockname()), listening.accept()[0] as accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_two_processes_cannot_share_a_port(sorting: RunningService) -> None:
    """Before: each took about half of the connections, without a warning."""
    command = [sys.executable, "-W", "ignore", "-m", *sorting.module, "run"]
    second = subprocess.run(
        command,
        env=dict(sorting.environment),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert second.returncode == 1
    assert f"sorting: cannot listen at 127.0.0.1:{sorting.port}" in second.stderr
    assert "Traceback" not in second.stderr
    assert sorting.ready()
