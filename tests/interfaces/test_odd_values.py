"""No odd value at any place of any request makes a service fail (tests/security/test_edges.py says how)."""

import http.client
from collections import Counter
from contextlib import closing

import pytest
from tests.interfaces.conftest import SERVICES, Running
from tests.interfaces.odd_values import Interface

from hub_local.ports import LOOPBACK

ROLES = ("hub_admin", "hub_lead", "board")


@pytest.mark.parametrize("name", SERVICES)
def test_no_odd_value_makes_a_service_fail(name: str, running: Running) -> None:
    """Before: NUL in an address, an empty privacy notice and the year 9999/00 were 500s."""
    service = running[name]
    client = service.client(*ROLES)
    interface = Interface(client("GET", f"/{name}/v1/openapi.json").json)
    answers: Counter[int] = Counter()
    failed = []
    with closing(http.client.HTTPConnection(LOOPBACK, service.port, timeout=60)) as connection:
        for odd in interface.requests():
            headers = {"Authorization": f"Bearer {client.token}", **odd.headers}
            connection.request(odd.method, odd.path, odd.body, headers)
            response = connection.getresponse()
            response.read()
            answers[response.status] += 1
            if response.status >= 500:
                failed.append((odd.where, odd.method, odd.path[:100], odd.body, response.status))
    assert failed == []
    assert answers[200]
    assert answers[400]
    assert service.lines("request_failed") == []
