"""One hub for all cases, with the mail server by which it sends."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from tests.cases.desk import Desk, Person
from tests.cases.hub import RunningHub, running_hub
from tests.cases.mail_server import HANG_UP, MailServer, Rule, mail_server
from tests.support.broker import BrokerServer
from tests.support.postgres import PostgresServer


@dataclass(frozen=True)
class Unanswered:
    """Teachers whose messages get no answer in time, and others of the same Work Group."""

    people: list[Person]
    others: list[Person]


@pytest.fixture(name="mail", scope="package")
def _mail() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


@pytest.fixture(name="hub", scope="package")
def _hub(
    postgres: PostgresServer, broker: BrokerServer, mail: MailServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningHub]:
    with running_hub(tmp_path_factory.mktemp("cases"), postgres, broker, mail) as hub:
        yield hub


@pytest.fixture(name="desk", scope="package")
def _desk(hub: RunningHub) -> Desk:
    """Return the desk of hub staff, for the hub of all cases."""
    return Desk(hub)


@pytest.fixture(name="unanswered", scope="package")
def _unanswered(desk: Desk, mail: MailServer) -> Unanswered:
    """Begin M1, which goes by the real time of retries: two minutes.

    A third copy is one too many. From then on the server behaves, so that no other case waits for ever.
    """
    closes, slow, *others = people = desk.people(4)
    mail.rules += [
        Rule("BODY", HANG_UP, to=closes.email, times=3),
        Rule("BODY", "250 2.0.0 taken", to=slow.email, after_seconds=25, times=3),
    ]
    desk.group(people)
    return Unanswered([closes, slow], others)


@pytest.fixture(autouse=True, scope="package")
def _begun(request: pytest.FixtureRequest) -> None:
    """Begin what takes long before the first case, so that it goes on meanwhile."""
    if any("unanswered" in getattr(item, "fixturenames", ()) for item in request.session.items):
        request.getfixturevalue("unanswered")
