"""The edge to RabbitMQ's management API, as the broker's administrator."""

import base64
import http.client
import json
import urllib.error
import urllib.request
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote, unquote, urlsplit

from hub_messaging.addresses import uris_of
from hub_messaging.topology import exchange_of

SECONDS: Final = 30  # for one answer: a policy on a queue with a million messages takes a while
PORTS: Final = {"amqp": ("http", 15672), "amqps": ("https", 15671)}


class ManagementAway(OSError):
    """The management API is unreachable, or answers with a server error."""


class ManagementRefused(Exception):
    """The management API refuses a request; the message is RabbitMQ's reason."""


@dataclass(frozen=True)
class Management:
    """One virtual host of a broker, as its administrator sees it."""

    addresses: tuple[str, ...]  # base URLs, one for each node
    user: str
    password: str = field(repr=False)
    vhost: str

    def get(self, *path: str, **query: object) -> Any:  # Any: each caller knows the form
        """Send GET; return the answer, or None for 404.

        Raises:
            ManagementAway, ManagementRefused
        """
        return self._ask("GET", path, query=query)

    def put(self, *path: str, body: Mapping[str, object]) -> None:
        """Send PUT, which creates or replaces something.

        Raises:
            ManagementAway, ManagementRefused
        """
        self._ask("PUT", path, body)

    def post(self, *path: str, body: Mapping[str, object]) -> None:
        """Send POST, which adds something.

        Raises:
            ManagementAway, ManagementRefused
        """
        self._ask("POST", path, body)

    def delete(self, *path: str) -> bool:
        """Send DELETE; return False for 404.

        Raises:
            ManagementAway, ManagementRefused
        """
        return self._ask("DELETE", path) is not None

    def declare_queue(self, queue: str, arguments: Mapping[str, object]) -> None:
        """Create a durable queue, unless it exists.

        Raises:
            ManagementRefused: it exists with other arguments.
        """
        body = {"durable": True, "auto_delete": False, "arguments": dict(arguments)}
        self.put("queues", self.vhost, queue, body=body)

    def bind(self, queue: str, bindings: Mapping[str, Iterable[str]]) -> None:
        """Bind a queue to publishers' exchanges; a binding that exists stays.

        Raises:
            ManagementRefused: the queue or an exchange does not exist.
        """
        for publisher, keys in bindings.items():
            for key in sorted(keys):
                path = ("bindings", self.vhost, "e", exchange_of(publisher), "q", queue)
                self.post(*path, body={"routing_key": key, "arguments": {}})

    def unbind(self, queue: str, bindings: Mapping[str, Iterable[str]]) -> None:
        """Delete bindings; those that do not exist are ignored."""
        for publisher, keys in bindings.items():
            for key in sorted(keys):
                # Without arguments RabbitMQ names a binding by its routing key.
                self.delete("bindings", self.vhost, "e", exchange_of(publisher), "q", queue, key)

    def _ask(
        self,
        method: str,
        path: Iterable[str],
        body: Mapping[str, object] | None = None,
        query: Mapping[str, object] | None = None,
    ) -> object:
        """Send a request to one node after another until one answers; `{}` without a body, None for 404."""
        told = "&".join(f"{name}={quote(str(value), safe='')}" for name, value in (query or {}).items())
        tail = "/".join(quote(part, safe="") for part in path) + (f"?{told}" if told else "")
        failure = ManagementAway("it has no address")
        for address in self.addresses:
            try:
                return self._ask_one(f"{address}/api/{tail}", method, body)
            except ManagementAway as exc:
                failure = exc
        raise failure

    def _ask_one(self, url: str, method: str, body: Mapping[str, object] | None) -> object:
        login = base64.b64encode(f"{self.user}:{self.password}".encode()).decode()
        headers = {"Authorization": f"Basic {login}", "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(url, data=data, method=method, headers=headers)  # noqa: S310 - ours
        try:
            with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310 - ours
                text = answer.read()
            return json.loads(text) if text else {}
        except urllib.error.HTTPError as exc:
            with exc:
                if exc.code == http.HTTPStatus.NOT_FOUND and method in ("GET", "DELETE"):
                    return None
                reason = _reason(exc)
            if exc.code >= http.HTTPStatus.INTERNAL_SERVER_ERROR:
                raise ManagementAway(f"{exc.code} {reason}") from exc
            raise ManagementRefused(reason) from exc
        except (OSError, ValueError, http.client.HTTPException) as exc:
            raise ManagementAway(type(exc).__name__) from exc


def management_of(amqp_uri: str, given: str = "") -> Management:
    """Return the management API of an administrator's AMQP URI.

    Args:
        amqp_uri: of the administrator; may name several nodes.
        given: base URLs of the API, separated by commas, if it is not at the usual port of the same hosts.

    Raises:
        ValueError: the URI is not one of AMQP.
    """
    first = urlsplit(uris_of(amqp_uri)[0])
    if first.scheme not in PORTS:
        raise ValueError("The administrator's URI begins with amqp:// or amqps://.")
    scheme, port = PORTS[first.scheme]
    hosts = [urlsplit(uri).hostname or "localhost" for uri in uris_of(amqp_uri)]
    named = [one.strip().rstrip("/") for one in given.split(",") if one.strip()]
    usual = [f"{scheme}://{f'[{host}]' if ':' in host else host}:{port}" for host in hosts]
    return Management(
        addresses=tuple(named or usual),
        user=unquote(first.username or "guest"),
        password=unquote(first.password or "guest"),
        vhost=unquote(first.path[1:]) or "/",
    )


def _reason(error: urllib.error.HTTPError) -> str:
    """Return RabbitMQ's reason of a refusal, in one line."""
    try:
        said = json.loads(error.read())
        return " ".join(str(said.get("reason") or said.get("error") or error.reason).split())
    except (OSError, ValueError, AttributeError):
        return str(error.reason)
