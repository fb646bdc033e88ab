"""X-Forwarded-* headers are trusted from our own gateways only."""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest
from tests.support.services import Client, RunningService
from tests.support.waiting import wait_until
from werkzeug.wrappers import Request

from hub_local import ports
from hub_local.containers import can_run
from hub_local.places import ROOT
from hub_local.processes import Invocation, Programs
from hub_platform.forwarded import PRIVATE, PRIVATE_RANGES, Forwarded, networks, visitor
from hub_platform.settings import load_settings

CALLER = "/sorting/v1/caller"
FORM = "/sorting/v1/anyones-bytes"
CADDYFILE = ROOT / "deploy" / "caddy" / "Caddyfile"
IMAGE = "caddy:2"


def seen(headers: Mapping[str, str], gateways: int, outer: str = "") -> Request:
    """A request from 10.0.0.1 as a service sees it."""
    kept: list[dict[str, Any]] = []

    def app(environ: WSGIEnvironment, _start: object) -> list[bytes]:
        kept.append(environ)
        return []

    request = Request.from_values("/", base_url="http://hub.lan/", headers=dict(headers))
    request.environ["REMOTE_ADDR"] = "10.0.0.1"
    Forwarded(app, gateways=gateways, outer=networks(outer))(request.environ, cast("StartResponse", None))
    return Request(kept[0])


@pytest.mark.parametrize(
    ("route", "gateways", "outer", "address"),
    [
        ("", 0, "", "10.0.0.1"),
        ("1.1.1.1", 0, "", "10.0.0.1"),  # not from a gateway of ours
        ("1.1.1.1", 0, "10.0.0.1", "10.0.0.1"),
        ("1.1.1.1", 1, "", "1.1.1.1"),
        ("6.6.6.6, 1.1.1.1", 1, "", "1.1.1.1"),  # the first was made up by the caller
        ("6.6.6.6, 1.1.1.1, 10.0.0.9", 2, "", "1.1.1.1"),
        ("", 1, "", "10.0.0.1"),
        ("1.1.1.1", 3, "", "10.0.0.1"),  # a header that did not pass all gateways is ignored
        ("1.1.1.1, 192.0.2.7", 1, "192.0.2.0/24", "1.1.1.1"),
        ("6.6.6.6, 1.1.1.1, 192.0.2.8,192.0.2.7", 1, "192.0.2.0/24", "1.1.1.1"),
        ("192.0.2.9, 1.1.1.1, 192.0.2.7", 1, "192.0.2.0/24", "1.1.1.1"),
        ("1.1.1.1", 1, "192.0.2.0/24", "1.1.1.1"),  # by no outer gateway
        ("192.0.2.7", 1, "192.0.2.0/24", "192.0.2.7"),  # an outer gateway itself, such as its probe
        ("1.1.1.1, fd00::7", 1, PRIVATE, "1.1.1.1"),
        ("junk, 192.0.2.7", 1, "192.0.2.0/24", "junk"),
    ],
)
def test_a_caller_is_whom_the_outermost_gateway_has_seen(
    route: str, gateways: int, outer: str, address: str
) -> None:
    assert seen({"X-Forwarded-For": route}, gateways, outer).remote_addr == address


@pytest.mark.parametrize("gateways", [0, 1])
def test_tls_and_host_are_those_of_the_gateway(gateways: int) -> None:
    """Before: any sender's https was believed."""
    request = seen({"X-Forwarded-Proto": "https", "X-Forwarded-Host": "hub.example"}, gateways)
    expected = (True, "hub.example") if gateways else (False, "hub.lan")
    assert (request.is_secure, request.host) == expected
    assert ("X-Forwarded-Host" in request.headers) is bool(gateways)


@pytest.mark.parametrize("text", ["2", "10.0.0.0/33", "gateway", "10.0.0.1,10.0.0.2", "::g"])
def test_a_gateway_that_is_no_address_stops_the_start(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"DATABASE_URL": "x", "AMQP_URI": "amqp://h/", "TOKEN_PUBLIC_KEY": "x"}.items():
        monkeypatch.setenv(f"HUB_{name}", value)
    monkeypatch.setenv("HUB_OUTER_GATEWAYS", text)
    with pytest.raises(Exception, match="OUTER_GATEWAYS"):
        load_settings("sorting")


def test_private_ranges_are_those_of_caddy() -> None:
    assert networks(PRIVATE) == networks(" ".join(PRIVATE_RANGES))


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("1.1.1.1", "1.1.1.1"),
        ("2001:db8::7", "2001:db8::/64"),
        ("::ffff:1.1.1.1", "1.1.1.1"),
        ("fe80::1%eth0", "fe80::/64"),
        ("junk", "junk"),
        ("", ""),
    ],
)
def test_a_visitor_is_an_address_or_a_network(address: str, counted: str) -> None:
    assert visitor(address) == counted


def test_a_service_without_a_gateway_believes_no_header(sorting: RunningService) -> None:
    spoofed = {"X_Forwarded_For": "1.1.1.1", "X_Forwarded_Proto": "https", "X_Forwarded_Host": "evil.example"}
    told = Client(sorting.port)("GET", CALLER, **spoofed).json
    assert told == {"address": ports.LOOPBACK, "secure": False, "host": f"{ports.LOOPBACK}:{sorting.port}"}


def test_visitors_behind_a_gateway_are_distinguished(behind_gateway: RunningService) -> None:
    client = Client(behind_gateway.port)
    statuses = [
        client("POST", FORM, b"x", X_Forwarded_For=f"{spoofed}, 1.1.1.1, 192.0.2.7").status
        for spoofed in ("2.2.2.2", "3.3.3.3", "4.4.4.4", "5.5.5.5")
    ]
    assert statuses == [200, 200, 200, 429]
    assert client("POST", FORM, b"x", X_Forwarded_For="1.1.1.2, 192.0.2.7").status == 200


@contextmanager
def gateway(service: RunningService, folder: Path, outer: str) -> Iterator[Client]:
    """The deployment's gateway, with all its settings, in front of one service that stands for all."""
    folder.mkdir()
    port = ports.any_free()
    text = CADDYFILE.read_text()
    begin = text.index("dynamic a {args.0} 8000 {")
    end = text.index("}", text.index("refresh", begin)) + 1
    file = folder / "Caddyfile"
    sites = text[:begin] + f"to {ports.LOOPBACK}:{service.port}" + text[end:]
    file.write_text(sites.replace("handle /visits/*", "handle /sorting/*").replace("/visits/metrics", "/x"))
    command = [shutil.which("caddy") or "docker"]
    if command == ["docker"]:
        mounted = f"{file}:/etc/caddy/Caddyfile:ro"
        named = ("--env", f"HUB_ADDRESS=:{port}", "--env", f"HUB_OUTER_GATEWAYS={outer}")
        command += ["run", "--rm", "--network", "host", *named, "--volume", mounted, IMAGE, "caddy"]
        file = Path("/etc/caddy/Caddyfile")
    child = Programs(folder / "log", folder / "run").start(
        Invocation(
            "gateway",
            [*command, "run", "--config", str(file), "--adapter", "caddyfile"],
            environment={
                "HUB_ADDRESS": f":{port}",
                "HUB_OUTER_GATEWAYS": outer,
                "PATH": "/usr/local/bin:/usr/bin:/bin",
                "HOME": str(folder),
            },
            folder=folder,
        )
    )
    try:
        wait_until(lambda: not ports.is_free(port), deadline=30)
        yield Client(port)
    finally:
        child.stop()


@pytest.fixture(name="caddy")
def _caddy() -> None:
    if shutil.which("caddy") is None and not can_run(IMAGE, print):
        pytest.skip("neither Caddy nor an engine that could run it is on this machine")


@pytest.mark.usefixtures("caddy")
def test_the_gateway_drops_what_strangers_say(behind_gateway: RunningService, tmp_path: Path) -> None:
    spoofed = {"X_Forwarded_For": "1.1.1.1", "X_Forwarded_Proto": "https", "X_Forwarded_Host": "evil.example"}
    with gateway(behind_gateway, tmp_path / "strict", "") as client:
        told = client("GET", CALLER, **spoofed).json
        assert told["address"] == ports.LOOPBACK
        assert told["secure"] is False
        assert told["host"] == f"{ports.LOOPBACK}:{client.port}"


@pytest.mark.usefixtures("caddy")
def test_the_gateway_hands_on_what_an_outer_gateway_says(
    behind_gateway: RunningService, tmp_path: Path
) -> None:
    said = {
        "X_Forwarded_For": "6.6.6.6, 1.1.1.1",
        "X_Forwarded_Proto": "https",
        "X_Forwarded_Host": "hub.example",
    }
    with gateway(behind_gateway, tmp_path / "outer", f"192.0.2.0/24 {ports.LOOPBACK}/8") as client:
        told = client("GET", CALLER, **said).json
        assert told == {"address": "1.1.1.1", "secure": True, "host": "hub.example"}
