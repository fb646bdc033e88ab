"""The README of the library: its two services run on a real broker and databases, its handler test passes."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest
import sqlalchemy as sa
from tests.support.postgres import PostgresServer
from tests.support.waiting import wait_until

from hub_local.places import ROOT, python_path
from hub_local.processes import Invocation, Programs

README: Final = ROOT / "shared" / "hub_messaging" / "README.md"
SHOP, HANDLER_TEST = re.findall(r"```python\n(.*?)```", README.read_text("utf-8"), re.DOTALL)
LONGEST: Final = 60  # lines of code


@pytest.fixture(name="shop")
def _shop(tmp_path: Path) -> Path:
    path = tmp_path / "shop.py"
    path.write_text(SHOP, "utf-8")
    return path


def environment(folder: Path) -> dict[str, str]:
    own = {"PYTHONPATH": os.pathsep.join([python_path(), str(folder)]), "EVENTLET_NO_GREENDNS": "yes"}
    return os.environ | own


def test_the_two_services_have_at_most_sixty_lines() -> None:
    assert len([line for line in SHOP.splitlines() if line.strip()]) <= LONGEST


def test_an_order_of_one_service_is_shipped_by_the_other_once(
    shop: Path, postgres: PostgresServer, amqp_uri: str
) -> None:
    orders, shipping = postgres.new_database(), postgres.new_database()

    def call(command: str, url: str) -> None:
        arguments = [sys.executable, "-W", "ignore", str(shop), command, url, amqp_uri]
        subprocess.run(arguments, check=True, env=environment(shop.parent), timeout=60)

    for url in (orders, shipping):
        call("install", url)
    programs = Programs(shop.parent / "log", shop.parent / "run")
    children = [
        programs.start(
            Invocation(
                name,
                [sys.executable, "-W", "ignore", str(shop), name, url, amqp_uri],
                environment=environment(shop.parent),
                folder=shop.parent,
            )
        )
        for name, url in (("orders", orders), ("shipping", shipping))
    ]
    try:
        call("order", orders)
        engine = sa.create_engine(shipping, poolclass=sa.NullPool)

        def shipped() -> list[int]:
            with engine.connect() as connection:
                return list(connection.scalars(sa.text("SELECT order_number FROM shipments")))

        assert wait_until(shipped, deadline=60) == [7]
        assert not any(child.has_ended for child in children)
    finally:
        for child in children:
            child.stop(15.0)


def test_the_handler_test_passes(shop: Path) -> None:
    path = shop.with_name("test_shop.py")
    path.write_text(HANDLER_TEST, "utf-8")
    result = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "pytest", "-q", "-p", "no:cacheprovider",
         "-p", "no:pytest_nameko", f"--rootdir={shop.parent}", "-c", os.devnull, str(path)],
        env=environment(shop.parent),
        cwd=shop.parent,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )  # fmt: skip
    assert result.returncode == 0, result.stdout + result.stderr
    assert "1 passed" in result.stdout
