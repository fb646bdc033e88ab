"""The supervisor, with services made of a few lines instead of the real ones."""

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hub_local import ports, services
from hub_local.failures import CannotStart
from hub_local.places import Places
from hub_local.processes import Programs
from hub_local.services import Connections, Fleet, Service
from hub_platform.settings import DEPLOYMENT_NAME

MakeFleet = Callable[..., Fleet]

GOOD = """
import os, sys, http.server
if sys.argv[1] == "migrate":
    print("migrated", os.environ["HUB_DATABASE_URL"])
    sys.exit()

class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == "/good/health/ready" else 404)
        self.end_headers()
        self.wfile.write(os.environ["HUB_AMQP_URI"].encode())

address = os.environ["HUB_HTTP_HOST"], int(os.environ["HUB_HTTP_PORT"])
http.server.HTTPServer(address, Handler).serve_forever()
"""
BROKEN = "import sys\nprint('no table called teachers')\nsys.exit(3)\n"
NEVER_READY = GOOD.replace("good", "bad").replace("200 if", "503 if")


@pytest.fixture(name="fleet_of")
def _fleet_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MakeFleet]:
    """Give a function that makes a fleet of services written on the spot."""
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    fleets = []

    def make(**codes: str) -> Fleet:
        known = tuple(Service(name, ports.any_free()) for name in codes)
        for name, code in codes.items():
            (tmp_path / f"hub_{name}").mkdir()
            (tmp_path / f"hub_{name}" / "__main__.py").write_text(code)
        places = Places(tmp_path)
        connections = Connections(
            {name: f"postgresql://{name}" for name in codes},
            {name: f"amqp://{name}" for name in codes},
            {service.name: service.port for service in known},
        )
        fleet = Fleet(Programs(places.logs, places.records), places, connections, known)
        fleets.append(fleet)
        return fleet

    yield make
    for fleet in fleets:
        fleet.stop()


def test_services_are_migrated_started_and_stopped(fleet_of: MakeFleet, tmp_path: Path) -> None:
    fleet = fleet_of(good=GOOD)
    fleet.migrate()
    assert (tmp_path / "log" / "good-migrate.log").read_text() == "migrated postgresql://good\n"
    fleet.start()
    fleet.require_ready()
    port = fleet.connections.ports["good"]
    assert services.answer(port, "/good/health/ready") == (200, "amqp://good")
    fleet.stop()
    assert services.answer(port, "/good/health/ready")[0] == 0
    assert list((tmp_path / "run").iterdir()) == []


def test_two_hubs_of_one_machine_have_cookies_of_different_names(fleet_of: MakeFleet) -> None:
    """Browsers send a cookie to every port of this machine."""
    one, other = fleet_of(good=GOOD), fleet_of(other=GOOD)
    names = {fleet.environment(fleet.services[0])["HUB_DEPLOYMENT"] for fleet in (one, other)}
    assert len(names) == 2
    assert all(re.match(DEPLOYMENT_NAME, name) for name in names)


def test_a_failed_migration_names_the_service_and_shows_its_last_lines(fleet_of: MakeFleet) -> None:
    with pytest.raises(CannotStart, match="migration of broken failed") as failure:
        fleet_of(good=GOOD, broken=BROKEN).migrate()
    assert failure.value.lines == ["no table called teachers"]


def test_a_service_that_ends_is_noticed_at_once(fleet_of: MakeFleet) -> None:
    fleet = fleet_of(broken=BROKEN)
    fleet.start()
    begun = time.monotonic()
    with pytest.raises(CannotStart, match=r"broken has ended \(exit code 3\)") as failure:
        fleet.require_ready()
    assert time.monotonic() - begun < services.READY_WITHIN / 2
    assert failure.value.lines == ["no table called teachers"]


def test_a_service_that_is_never_ready_is_given_up_with_its_own_words(
    fleet_of: MakeFleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "READY_WITHIN", 2.0)
    fleet = fleet_of(bad=NEVER_READY)
    fleet.start()
    with pytest.raises(CannotStart, match="bad is not ready: amqp://bad"):
        fleet.require_ready()


def test_one_service_can_be_stopped_and_started_again(fleet_of: MakeFleet) -> None:
    fleet = fleet_of(good=GOOD, other=BROKEN)
    fleet.start("good")
    fleet.require_ready("good")
    first = fleet.running["good"].process.pid
    fleet.stop("good")
    assert services.answer(fleet.connections.ports["good"], "/good/health/ready")[0] == 0
    fleet.start("good")
    fleet.require_ready("good")
    assert fleet.running["good"].process.pid != first
