"""How a service's connections are set up."""

import socket
from typing import Any

from hub_platform.web import HubWebServer
from local import ports


class Served:
    """Stands for eventlet's server: keeps the connections that it is given."""

    def __init__(self) -> None:
        self.connections: list[Any] = []

    def process_request(self, connection: Any) -> None:
        self.connections.append(connection)


def test_the_body_of_a_long_answer_does_not_wait_for_the_acknowledgement_of_its_head() -> None:
    server = HubWebServer()
    server._serv = Served()
    with (
        socket.create_server((ports.LOOPBACK, 0)) as listening,
        socket.create_connection(listening.getsockname()),
        listening.accept()[0] as accepted,
    ):
        server.process_request(accepted, ("reader", 1))
        assert server._serv.connections[0][1] is accepted
        assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
