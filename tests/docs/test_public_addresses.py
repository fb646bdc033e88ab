"""docs/security.md names every address that answers without a credential, and no other."""

import re

from hub_local.declared import service_class
from hub_local.places import ROOT
from hub_local.services import SERVICES
from hub_platform.access import ANYONE
from hub_platform.routes import routes_of

PAGE = ROOT / "docs" / "security.md"
PUBLIC = "## Public addresses"
ADDRESS = re.compile(r"`((?:GET|POST) [^`]+)`")
FILE = re.compile(r"`(tests/[^`]+)`")


def rows() -> list[list[str]]:
    """The cells of each row of the table."""
    text = PAGE.read_text("utf-8").partition(PUBLIC)[2].partition("\n## ")[0]
    lines = [line for line in text.splitlines() if line.startswith("|")][2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def served() -> set[str]:
    """Every address that is open to anyone; what each service has is written once."""
    found = set()
    for service in SERVICES:
        for route in routes_of(service_class(service.name)).values():
            if route.allow == ANYONE:
                path = re.sub(rf"^/{service.name}/", "/<service>/", route.url)
                found.add(f"{route.method} {path}")
    return found


def test_the_table_names_every_public_address_and_no_other() -> None:
    assert {address for row in rows() for address in ADDRESS.findall(row[0])} == served()


def test_every_public_address_has_a_limit_and_a_test_that_exists() -> None:
    for address, secret, limit, tests in rows():
        assert "" not in {secret, limit}, address
        files = FILE.findall(tests)
        assert files, address
        assert [file for file in files if not (ROOT / file).is_file()] == []


def test_gateway_requires_no_sign_in_for_public_pages() -> None:
    """With an issuer, browsers without a session are sent there from every other page."""
    gateway = (ROOT / "deploy" / "caddy" / "Caddyfile").read_text()
    (listed,) = re.findall(r"not path (.+)", gateway)
    patterns = [re.compile(re.escape(each).replace(r"\*", ".*")) for each in listed.split()]
    pages = {address.split()[1] for address in served() if address.startswith("GET ")}
    for page in sorted(pages - {one for one in pages if one.startswith("/<service>/")}):
        assert any(pattern.fullmatch(page) for pattern in patterns), page
