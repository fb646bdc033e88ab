"""A developer follows docs/subscribing.md on a hub as `make run` starts it: history, then live events."""

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.subscribing import page
from tests.subscribing.feeding import SUBSCRIBED
from tests.subscribing.following import follow, type_in
from tests.subscribing.programs import Program, running
from tests.support.cloudevents_sdks import messages_of_log
from tests.support.waiting import wait_until
from tests.system.conftest import Office, open_office

from hub_local.places import ROOT

pytestmark = pytest.mark.servers

FOLLOWED = [client for client in page.clients() if {"read_pika.py", "read.mjs"} & set(client.files)]


@dataclass(frozen=True)
class Told:
    """Counts in the event log of the types that are subscribed to."""

    types: Counter[str]
    half_days: Counter[str]  # by school


@pytest.fixture(name="office", scope="module")
def _office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with open_office(tmp_path_factory.mktemp("hub")) as office:
        yield office


def operator(office: Office) -> dict[str, str]:
    """Where hubctl finds this hub; `make run` writes the same into a file that hubctl looks for by itself."""
    known = json.loads(office.hub.fleet.places.connections.read_text())
    return {
        "PATH": "/usr/bin:/bin",
        "HUB_ID": known["hub_id"],
        "HUB_SCHEMAS_URL": known["schemas_url"],
        "HUB_BROKER_ADMIN_URI": known["broker_admin_uri"],
        "HUB_BROKER_MANAGEMENT_URL": known["broker_management_url"],
        **{f"HUB_{name.upper()}_DATABASE_URL": url for name, url in known["database_urls"].items()},
        **{f"HUB_{name.upper()}_AMQP_URI": uri for name, uri in known["amqp_uris"].items()},
    }


def told_by(office: Office) -> Told:
    types, half_days = Counter[str](), Counter[str]()
    for body in messages_of_log(office.hub.broker.uris["reporting"], "reporting"):
        event = json.loads(body)
        if event["type"] in SUBSCRIBED:
            types[event["type"]] += 1
        if event["type"] == "VisitLogged":
            half_days[event["data"]["urn"]] += event["data"]["half_days"]
    return Told(types, half_days)


def has_received_all(program: Program, told: Told) -> bool:
    """Return whether a client has received everything; raise with its last words when it has ended."""
    assert program.process.poll() is None, (program.folder / "err").read_text()[-3000:]
    return Counter(one.type for one in program.printed_deliveries if not one.repeated) == told.types


def invent(office: Office, *types: str) -> None:
    """Let something happen, by the page's own command and by the same for other types."""
    for type_ in types:
        command = page.emitting().replace(" VisitLogged ", f" {type_} ")
        if type_ != "VisitLogged":
            command = command.replace(" --set half_days=2", "")
        type_in(command, ROOT, operator(office))
    wait_until(lambda: not office.metric("visits", "hub_outbox_pending"), deadline=60)


def test_a_stranger_receives_history_and_then_new_events(office: Office, tmp_path: Path) -> None:
    office.tell(office.moment)  # which makes it a demonstration
    invent(office, "VisitPlanned", "VisitLogged", "VisitLogged")
    history = told_by(office)
    with ExitStack() as stack:
        programs = []
        for number, client in enumerate(FOLLOWED):
            folder = tmp_path / f"stranger-{number}"
            settings = follow(folder, f"stranger-{number}", operator(office))
            programs.append(stack.enter_context(running(client, folder, settings)))
        for program in programs:
            wait_until(lambda: has_received_all(program, history), deadline=120)  # noqa: B023 - waited for at once
        invent(office, "VisitLogged", "VisitCancelled")
        told = told_by(office)
        for program in programs:
            wait_until(lambda: has_received_all(program, told), deadline=120)  # noqa: B023 - waited for at once
    assert len(programs) == 2
    assert (history.types.total(), told.types.total()) == (3, 5)
    for program in programs:
        assert program.half_days == dict(told.half_days) == {"110623": 3 * 2}
        assert program.inbox == told.types.total()
