"""Reading a long list over HTTP, page after page, on one connection that is kept."""

import http.client
import json
import time
from contextlib import closing
from typing import Final
from urllib.parse import quote

from hub_local import ports

SCHOOLS: Final = "/enrolment/v1/schools"


def walk(port: int, token: str, path: str = SCHOOLS) -> list[float]:
    """Read a list from its first page to its last, in pages of the usual size; the seconds that each took.

    Raises:
        RuntimeError: a page was refused.
    """
    took: list[float] = []
    cursor: str | None = ""
    with closing(http.client.HTTPConnection(ports.LOOPBACK, port, timeout=60)) as connection:
        while cursor is not None:
            begun = time.perf_counter()
            address = f"{path}?after={quote(cursor)}" if cursor else path
            connection.request("GET", address, headers={"Authorization": f"Bearer {token}"})
            response = connection.getresponse()
            said = response.read()
            took.append(time.perf_counter() - begun)
            if response.status != 200:
                raise RuntimeError(f"{address} answered {response.status}: {said[:500]!r}")
            cursor = json.loads(said)["next"]
    return took
