"""How a service's connections are set up."""

import socket

from hub_platform.web import HubWebServer
from local import ports


def test_the_body_of_a_long_answer_does_not_wait_for_the_acknowledgement_of_its_head() -> None:
    with socket.create_server((ports.LOOPBACK, 0)) as listening:
        HubWebServer().get_wsgi_server(listening, None)
        with socket.create_connection(listening.getsockname()), listening.accept()[0] as accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
