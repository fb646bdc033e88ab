"""Gateways in front of a service: who has called, by which name of the host, and whether by TLS.

A caller can write X-Forwarded-* headers, too. The deployment's own gateway hands on only its own and those of
outer gateways (`trusted_proxies` of Caddy); a service without a gateway believes none.
"""

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Final
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from werkzeug.middleware.proxy_fix import ProxyFix

PRIVATE: Final = "private_ranges"  # as in Caddy: what follows
PRIVATE_RANGES: Final = ("192.168.0.0/16", "172.16.0.0/12", "10.0.0.0/8", "127.0.0.1/8", "fd00::/8", "::1")

Network = IPv4Network | IPv6Network


class Forwarded:
    """WSGI middleware: puts what gateways tell where a request without gateways has it."""

    def __init__(self, app: WSGIApplication, *, gateways: int, outer: Sequence[Network] = ()) -> None:
        """Believe so many `gateways` in front of the service, and any number of `outer` ones before them."""
        self._app = app
        self._fixed = ProxyFix(app, x_for=gateways, x_proto=1, x_host=1) if gateways else None
        self._outer = outer

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Hand the request on."""
        if self._fixed is None:
            for name in [name for name in environ if name.startswith("HTTP_X_FORWARDED_")]:
                del environ[name]
            return self._app(environ, start_response)
        if self._outer and (route := environ.get("HTTP_X_FORWARDED_FOR")):
            environ["HTTP_X_FORWARDED_FOR"] = ",".join(self._without_outer(route.split(",")))
        return self._fixed(environ, start_response)

    def _without_outer(self, route: list[str]) -> list[str]:
        """The route of a request up to the first address, from our side, that is no outer gateway's."""
        while len(route) > 1 and _is_in(route[-1].strip(), self._outer):
            route = route[:-1]
        return route


def networks(text: str) -> tuple[Network, ...]:
    """Read addresses and ranges, separated by spaces.

    Raises:
        ValueError: naming one that is neither.
    """
    words = [word for given in text.split() for word in (PRIVATE_RANGES if given == PRIVATE else (given,))]
    return tuple(ip_network(word, strict=False) for word in words)


def visitor(address: str) -> str:
    """Return the key of a visitor for rate limits: an IPv4 address, or an IPv6 network of 64 bits."""
    try:
        known = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if known.version == 4:
        return str(known)
    return str(known.ipv4_mapped or ip_network((known, 64), strict=False))


def _is_in(address: str, ranges: Iterable[Network]) -> bool:
    try:
        known = ip_address(address)
    except ValueError:
        return False
    return any(known in one for one in ranges)
