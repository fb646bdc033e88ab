"""Every route that changes something or shows personal data leaves one row of its service's audit."""

from collections.abc import Callable, Mapping

import pytest
from tests.interfaces.conftest import SERVICES, Running
from tests.interfaces.known import Known
from tests.support.audited import Row, rows

from hub_local.declared import service_class
from hub_platform.access import ANYONE, READING
from hub_platform.routes import Route, routes_of

ROLES = ("hub_admin", "hub_lead")
ROUTES = [
    (name, method)
    for name in SERVICES
    for method, route in routes_of(service_class(name)).items()
    if route.recorded
]
ABSENT = "01920000-0000-7000-8000-000000000001"


def address(route: Route, known: Known) -> str:
    """Fill a route's path with ids of what there is."""
    parts = route.url.split("/")
    names = (part.strip("<>").partition(":")[2] or part.strip("<>") for part in parts)
    return "/".join(
        known.get(name, [ABSENT])[0] if part.startswith("<") else part
        for part, name in zip(parts, names, strict=True)
    )


@pytest.fixture(name="written")
def _written(running: Running) -> Callable[[str], list[Row]]:
    """Give the rows that a service has written since the test began."""
    urls = {name: running[name].environment["HUB_DATABASE_URL"] for name in SERVICES}
    before = {name: len(rows(url)) for name, url in urls.items()}
    return lambda name: rows(urls[name])[before[name] :]


@pytest.mark.parametrize(("name", "method"), ROUTES)
def test_each_request_to_a_recorded_route_leaves_one_row(
    name: str, method: str, running: Running, known: Mapping[str, Known], written: Callable[[str], list[Row]]
) -> None:
    route = routes_of(service_class(name))[method]
    reply = running[name].client(*ROLES)(route.method, address(route, known[name]), {})
    left = [row for row in written(name) if row["method"] != "RPC"]
    if route.allow == ANYONE and reply.status >= 400:
        assert left == []  # a sender without a credential fills no table
        return
    (row,) = left
    assert (row["method"], row["route"]) == (route.method, route.url)
    assert row["status"] == reply.status
    assert row["outcome"] == ("done" if reply.status < 400 else "refused")
    assert row["account"] == ("anonymous" if route.allow == ANYONE else "tester")


def test_every_kind_of_change_was_tried() -> None:
    assert {name for name, _ in ROUTES} == set(SERVICES)
    for name in SERVICES:
        changes = {m for m, route in routes_of(service_class(name)).items() if route.method not in READING}
        assert changes <= {method for service, method in ROUTES if service == name}
