"""nameko's web server, with refusals for programs and for browsers."""

import errno
import socket
from collections.abc import Iterable
from functools import cached_property, partial
from types import MappingProxyType
from typing import Final
from wsgiref.types import StartResponse, WSGIEnvironment

import eventlet
import structlog
from eventlet import wsgi
from eventlet.greenio import GreenSocket
from eventlet.greenthread import GreenThread
from nameko.web.handlers import HttpRequestHandler
from nameko.web.server import WebServer, WsgiApp
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound
from werkzeug.wrappers import Request, Response

from hub_platform.access import ANONYMOUS, Actor
from hub_platform.bounds import is_text
from hub_platform.connections import IDLE_SECONDS, Connection, Connections, most_connections
from hub_platform.context import context_of
from hub_platform.forwarded import Forwarded
from hub_platform.ids import new_id
from hub_platform.json_values import Values
from hub_platform.problem_pages import SIGN_IN_PAGE, START_PAGE, refusal_of
from hub_platform.problems import problem_of
from hub_platform.protocol import BoundedProtocol
from hub_platform.telemetry import http_connections

REST_SECONDS: Final = 0.5  # after an accept that failed, such as for want of file descriptors

log = structlog.get_logger(__name__)


class AddressTaken(Exception):
    """The service cannot listen at its address."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__(
            f"cannot listen at {host}:{port}: the address is in use or does not belong to this machine"
        )


class HubRequest(Request):
    """A request with its path values, correlation id and sender."""

    path_values: Values = MappingProxyType({})
    correlation_id: str = ""
    actor: Actor = ANONYMOUS  # holder of its credential, even where the role is missing
    pages: frozenset[str] = frozenset()  # those of START_PAGE and SIGN_IN_PAGE that answer at this address


class HubWsgiApp(WsgiApp):  # type: ignore[misc]  # nameko ships no types
    """Finds the route of a request."""

    def __init__(self, server: "HubWebServer") -> None:
        super().__init__(server)
        self.url_map.merge_slashes = False  # an address with doubled slashes is none of ours

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        request = HubRequest(environ, shallow=True)
        request.pages = self.pages_at(request)
        try:
            provider, values = self._match(environ)
        except HTTPException as exc:
            return self._refused(request, exc)(environ, start_response)
        request.path_values = values
        answer: Iterable[bytes] = provider.handle_request(request)(environ, start_response)
        return answer

    def _match(self, environ: WSGIEnvironment) -> tuple[HttpRequestHandler, Values]:
        """Find the route, and the values that the address gives it.

        Raises:
            HTTPException: there is none, also where a value is none that anything could be named by.
        """
        try:
            addresses = self.url_map.bind_to_environ(environ)
            provider, values = addresses.match()
        except ValueError as exc:  # a number of thousands of digits, a host name that is none
            raise NotFound from exc
        if not all(is_text(value) for value in values.values() if isinstance(value, str)):
            raise NotFound
        if not environ["REQUEST_METHOD"].isupper():  # werkzeug takes `get` for GET
            raise MethodNotAllowed(addresses.allowed_methods())
        return provider, values

    def pages_at(self, request: HubRequest) -> frozenset[str]:
        """Return the pages to which a refusal can lead: this service's, or behind the gateway the hub's."""
        both = frozenset({START_PAGE, SIGN_IN_PAGE})
        return both if "X-Forwarded-Host" in request.headers else both & self._paths

    @cached_property
    def _paths(self) -> frozenset[str]:
        return frozenset(rule.rule for rule in self.url_map.iter_rules())

    def _refused(self, request: HubRequest, exc: HTTPException) -> Response:
        """Answer a request for which there is no route."""
        reference = str(new_id())
        if isinstance(exc, MethodNotAllowed) and request.method == "OPTIONS":  # RFC 9110 (June 2022), 9.3.7
            methods = {"OPTIONS", *(exc.valid_methods or ())}
            return Response(status=204, headers={"Allow": ", ".join(sorted(methods))})
        response = refusal_of(problem_of(exc), request, reference=reference, pages=request.pages)
        response.headers["X-Request-ID"] = reference
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response


class HubWebServer(WebServer):  # type: ignore[misc]  # nameko ships no types
    """Serves the routes of one service; what one connection does ends that connection alone."""

    connections: Connections
    _reaper: GreenThread = None
    _starting: bool

    def start(self) -> None:
        """Begin to take requests.

        nameko has eventlet listen with SO_REUSEPORT: a second process would take half of the connections.

        Raises:
            AddressTaken: another process listens there.
        """
        if self._starting:
            return
        self._starting = True
        try:
            self._sock = eventlet.listen(self.bind_addr, reuse_port=False)
        except OSError as exc:
            raise AddressTaken(*self.bind_addr) from exc
        self._sock.settimeout(None)
        self._serv = self.get_wsgi_server(self._sock, self.get_wsgi_app())
        self._gt = self.container.spawn_managed_thread(self.run)

    def get_wsgi_app(self) -> Forwarded:
        """The application that finds routes, behind its gateways."""
        settings = context_of(self.container).settings
        return Forwarded(HubWsgiApp(self), gateways=settings.trusted_proxies, outer=settings.outer_gateways)

    def get_wsgi_server(
        self,
        sock: GreenSocket,
        wsgi_app: Forwarded,
        protocol: type[BoundedProtocol] = BoundedProtocol,
        **_: object,
    ) -> wsgi.Server:
        """Eventlet's server, without its own log lines (routes write one each).

        It sends the head of an answer over 16 KiB before its body. With Nagle's algorithm the body would then
        wait for the reader's delayed ACK of the head, 40 ms on Linux (RFC 9293, 3.7.4).
        """
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # connections inherit it
        return wsgi.Server(
            sock,
            sock.getsockname(),
            wsgi_app,
            protocol=protocol,
            log_output=False,
            socket_timeout=IDLE_SECONDS,
        )

    def run(self) -> None:
        """Accept connections, as many as there may be. A failure to accept one ends nothing."""
        self.connections = Connections(most_connections())
        http_connections.set_function(lambda: len(self.connections))
        self._reaper = self.container.spawn_managed_thread(self.connections.reap, identifier="reaper")
        while self._is_accepting:
            self.connections.make_room()
            try:
                sock, address = self._sock.accept()
            except OSError as exc:
                self.connections.not_taken()
                self._not_accepted(exc)
                continue
            sock.settimeout(self._serv.socket_timeout)
            connection = self.connections.opened(sock)
            self.container.spawn_managed_thread(
                partial(self.serve, sock, address, connection), identifier="connection"
            )

    def serve(self, sock: GreenSocket, address: object, connection: Connection) -> None:
        """Serve one connection until it ends, whatever ends it."""
        try:
            self._serv.process_request([address, sock, wsgi.STATE_IDLE, connection])
        except OSError as exc:  # the client's side, or the network between
            log.debug("connection_lost", error=_named(exc))
        except Exception as exc:
            log.error("connection_failed", error=type(exc).__name__, exc_info=exc)
        finally:
            sock.close()
            self.connections.closed(connection)

    def stop(self) -> None:
        """Accept nothing more."""
        super().stop()
        if self._reaper is not None:
            self._reaper.kill()

    def _not_accepted(self, exc: OSError) -> None:
        """Make way when files have run out; a client that has left before it was accepted is none of ours."""
        if exc.errno == errno.ECONNABORTED or not self._is_accepting:
            return
        log.error("connection_not_accepted", error=_named(exc))
        self.connections.give_up_one()
        eventlet.sleep(REST_SECONDS)


def _named(exc: OSError) -> str:
    """The system's name of an error, such as ECONNRESET."""
    return errno.errorcode.get(exc.errno or 0, type(exc).__name__)
