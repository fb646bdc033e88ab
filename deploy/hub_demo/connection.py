"""One persistent HTTP connection to one service."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import urllib3
from urllib3.exceptions import HTTPError

SECONDS = 60.0  # for one answer: the import of a register is the longest

# What a connection raises while a service is starting, stopping or busy: the request may be sent again.
AWAY = (OSError, HTTPError)


@dataclass(frozen=True)
class Answered:
    """What a service said."""

    status: int
    body: Any
    etag: str

    @property
    def code(self) -> str:
        """The code of a refusal."""
        return str(self.body.get("code", "")) if isinstance(self.body, Mapping) else ""

    @property
    def detail(self) -> str:
        """The sentence of a refusal, with the first place it points to."""
        if not isinstance(self.body, Mapping):
            return ""
        errors = self.body.get("errors") or [{}]
        pointer, said = errors[0].get("pointer", ""), errors[0].get("detail", "")
        return f"{self.body.get('detail', '')} {pointer} {said}".strip()


class Connection:
    """Sends requests one after the other."""

    def __init__(self, address: str, token: str) -> None:
        self._http = urllib3.connection_from_url(address, timeout=SECONDS, maxsize=1, retries=False)
        self._headers = {"Authorization": f"Bearer {token}"}

    def get(self, path: str) -> Answered:
        """Read something."""
        return self.send("GET", path, None, {})

    def send(self, method: str, path: str, body: Any, headers: Mapping[str, str]) -> Answered:
        """Send a request; `body` is bytes (CSV), something to say in JSON, or None.

        Raises:
            AWAY: nobody answered, or not whole.
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
        """Hang up."""
        self._http.close()


def _read(response: urllib3.BaseHTTPResponse) -> Any:
    """Return JSON as a value, any other body as text."""
    if response.data and "json" in response.headers.get("Content-Type", ""):
        return response.json()
    return response.data.decode(errors="replace")
