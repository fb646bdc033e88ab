"""nameko's web server with refusals that programs and browsers can read."""

import socket
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from eventlet import wsgi
from nameko.web.server import HttpOnlyProtocol, WebServer, WsgiApp
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.wrappers import Request, Response

from hub_platform.ids import new_id
from hub_platform.problem_pages import SIGN_IN_PAGE, START_PAGE, refusal_of
from hub_platform.problems import problem_of

# A connection that sends nothing for this long is closed.
IDLE_SECONDS = 75


class HubRequest(Request):
    """A request with what this service found out about it."""

    path_values: Mapping[str, Any] = {}
    correlation_id: str = ""
    pages: frozenset[str] = frozenset()  # those of START_PAGE and SIGN_IN_PAGE that answer at this address


class HubWsgiApp(WsgiApp):  # type: ignore[misc]  # nameko ships no types
    """Finds the route of a request."""

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        """Answer one request."""
        request = HubRequest(environ, shallow=True)
        request.pages = self.pages_at(request)
        try:
            provider, values = self.url_map.bind_to_environ(environ).match()
        except HTTPException as exc:
            return self._refused(request, exc)(environ, start_response)
        request.path_values = values
        return provider.handle_request(request)(environ, start_response)

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
            return Response(status=204, headers={"Allow": ", ".join(sorted(exc.valid_methods or ()))})
        response = refusal_of(problem_of(exc), request, reference=reference, pages=request.pages)
        response.headers["X-Request-ID"] = reference
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response


class HubWebServer(WebServer):  # type: ignore[misc]  # nameko ships no types
    """Serves the routes of one service."""

    def get_wsgi_app(self) -> HubWsgiApp:
        """The application that finds routes."""
        return HubWsgiApp(self)

    def get_wsgi_server(self, sock: Any, wsgi_app: Any, protocol: Any = HttpOnlyProtocol, **_: Any) -> Any:
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
