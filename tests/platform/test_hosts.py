"""How a database's hosts become addresses before libpq is asked."""

import socket
from typing import Any

import psycopg2
import pytest
import sqlalchemy as sa

from hub_platform.database import make_sessions
from hub_platform.hosts import look_up_hosts

KNOWN = {"one": ["10.0.0.1"], "two": ["10.0.0.2", "fd00::2"], "127.0.0.1": ["127.0.0.1"]}


@pytest.fixture(name="asked", autouse=True)
def _asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    asked: list[str] = []

    def look_up(host: str, _port: None, type: int) -> list[Any]:  # noqa: A002 - socket's own name
        asked.append(host)
        if host not in KNOWN:
            raise socket.gaierror(socket.EAI_AGAIN, "no name server answers")
        return [(socket.AF_INET, type, 0, "", (address, 0)) for address in KNOWN[host] * 2]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return asked


def looked_up(**parameters: Any) -> dict[str, Any]:
    look_up_hosts(None, None, [], parameters)
    return parameters


@pytest.mark.parametrize(
    ("given", "then"),
    [
        ({"host": "one", "port": 5432}, {"host": "one", "hostaddr": "10.0.0.1", "port": "5432"}),
        ({"host": "one"}, {"host": "one", "hostaddr": "10.0.0.1"}),
        ({"host": "two", "port": 1}, {"host": "two,two", "hostaddr": "10.0.0.2,fd00::2", "port": "1,1"}),
        ({"host": "one,two", "port": "1,2"},
         {"host": "one,two,two", "hostaddr": "10.0.0.1,10.0.0.2,fd00::2", "port": "1,2,2"}),
        ({"host": "gone,one", "port": "1,2"}, {"host": "one", "hostaddr": "10.0.0.1", "port": "2"}),
        ({"host": "gone,one", "port": 5}, {"host": "one", "hostaddr": "10.0.0.1", "port": "5"}),
        ({"host": "/run/postgres", "port": 5432}, {"host": "/run/postgres", "hostaddr": "", "port": "5432"}),
        ({"host": "one", "hostaddr": "10.9.9.9"}, {"host": "one", "hostaddr": "10.9.9.9"}),
        ({"dbname": "hub"}, {"dbname": "hub"}),
    ],
)  # fmt: skip
def test_names_become_addresses_and_stay(given: dict[str, Any], then: dict[str, Any]) -> None:
    assert looked_up(**given) == then


def test_a_host_name_that_cannot_be_resolved_is_a_database_that_is_away() -> None:
    with pytest.raises(psycopg2.OperationalError, match="no name server answers"):
        looked_up(host="gone")


def test_sessions_look_the_host_of_their_address_up(asked: list[str]) -> None:
    sessions = make_sessions("postgresql+psycopg2://user@gone.example/none")
    with pytest.raises(sa.exc.OperationalError), sessions() as session:
        session.connection()
    assert asked == ["gone.example"]
