"""One persistent HTTP connection to one service."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import urllib3
from urllib3.exceptions import HTTPError

SECONDS = 60.0  # for one answer: the import of a register takes longest

# Errors of a connection while a service is starting, stopping or busy: the request may be sent again.
AWAY = (OSError, HTTPError)


@dataclass(frozen=True)
class Answered:
    """The answer of a service."""

    status: int
    body: Any  # text, or JSON of which each reader names the shape
    etag: str

    @property
    def code(self) -> str:
        """Problem code of a refusal, or an empty string."""
        return str(self.body.get("code", "")) if isinstance(self.body, Mapping) else ""

    @property
    def detail(self) -> str:
        """Detail of a refusal, with its first error."""
        if not isinstance(self.body, Mapping):
            return ""
        errors = self.body.get("errors") or [{}]
        pointer, said = errors[0].get("pointer", ""), errors[0].get("detail", "")
        return f"{self.body.get('detail', '')} {pointer} {said}".strip()


class Connection:
    """Sends requests to one service, one after the other."""

    def __init__(self, address: str, token: str) -> None:
        self._http = urllib3.connection_from_url(address, timeout=SECONDS, maxsize=1, retries=False)
        self._headers = {"Authorization": f"Bearer {token}"}

    def get(self, path: str) -> Answered:
        """Send a GET."""
        return self.send("GET", path, None, {})

    def send(self, method: str, path: str, body: object, headers: Mapping[str, str]) -> Answered:
        """Send a request; `body` is bytes (CSV), a value to send as JSON, or None.

        Raises:
            AWAY: there was no answer, or an incomplete one.
        """
        sent = self._headers | dict(headers)
        content = None
        if isinstance(body, bytes):
            content, sent["Content-Type"] = body, "text/csv"
        elif body is not None:
            content, sent["Content-Type"] = json.dumps(body).encode(), "application/json"
        response = self._http.request(method, path, body=content, headers=sent)
        return Answered(response.status, _read(response), response.headers.get("ETag", ""))

    def close(self) -> None:
        """Close the connection."""
        self._http.close()


def _read(response: urllib3.BaseHTTPResponse) -> object:
    """Return JSON as a value, any other body as text."""
    if response.data and "json" in response.headers.get("Content-Type", ""):
        return response.json()
    return response.data.decode(errors="replace")
