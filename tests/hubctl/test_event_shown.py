"""`hubctl events show`: what became of one event, and what a type means."""

import sqlalchemy as sa
from tests.hubctl.conftest import Keeper, hubctl
from tests.hubctl.planned import SOURCE, record, visit

from hub_contracts import parse
from hub_contracts.testing import make
from hub_contracts.visits import VisitPlanned
from hub_messaging.tables import inbox, inbox_types
from hub_messaging.tables import outbox as rows


def receive(keeper: Keeper, event_id: str, state: str) -> None:
    with keeper.database.begin() as session:
        known = {"subscription": keeper.queue, "source": SOURCE, "event_id": event_id, "state": state}
        error = (
            {} if state == "done" else {"body": b"{}", "last_error": "Permanent: too heavy", "attempts": 3}
        )
        session.execute(sa.insert(inbox).values(**known, **error))


def subscribe(keeper: Keeper, *types: str) -> None:
    with keeper.database.begin() as session:
        for type_ in types:
            session.execute(sa.insert(inbox_types).values(subscription=keeper.queue, type=type_))


def test_show_says_what_became_of_an_event(hub: Keeper, reporting: Keeper) -> None:
    done, lost = record(hub, 2)
    subscribe(reporting, "VisitPlanned")
    receive(reporting, done, "parked")
    for name in (done, done[-12:], done.upper()):
        said = hubctl("events", "show", name, "--json").json
        assert (said["event"]["id"], said["publisher"], said["fault"]) == (done, "visits", None)
        assert parse(said["event"]).event == make(VisitPlanned, visit_id=visit(0))
        (receipt,) = said["received"]
        assert (receipt["service"], receipt["state"], receipt["attempts"]) == ("reporting", "parked", 3)
        assert (said["not_received"], said["published_at"]) == ([], None)
    assert hubctl("events", "show", lost, "--json").json["not_received"] == ["reporting"]
    text = hubctl("events", "show", done).out
    assert all(words in text for words in (done, "not yet: the relay will publish it", "parked", "too heavy"))
    assert "not received" in hubctl("events", "show", lost).out
    with hub.database.begin() as session:
        session.execute(sa.update(rows).where(rows.c.id == lost).values(data={"urn": "1"}))
    assert "assignment_id" in hubctl("events", "show", lost, "--json").json["fault"]


def test_show_names_what_it_does_not_find(hub: Keeper) -> None:
    record(hub)
    said = hubctl("events", "show", str(visit(5)))
    assert (said.code, "No publisher's outbox has an event" in said.err) == (1, True)
    assert (hubctl("events", "show", "abcdef").code, hubctl("events", "show", "VisitLoged").code) == (2, 2)
    assert hubctl("events", "show", "%%%%%%%%").code == 2


def test_show_asks_for_more_of_an_id_that_fits_several(hub: Keeper) -> None:
    record(hub, 2)
    with hub.database.begin() as session:
        for number, row in enumerate(session.scalars(sa.select(rows.c.position)).all()):
            id_ = f"0000000{number}-0000-7000-8000-000000000000"
            session.execute(sa.update(rows).where(rows.c.position == row).values(id=id_))
    said = hubctl("events", "show", "000000000000")
    assert (said.code, "matches several events" in said.err, "00000001-" in said.err) == (1, True, True)


def test_show_explains_a_type(hub: Keeper) -> None:
    assert "## Order and repeats" in hubctl("events", "show", "VisitLogged").out
    assert hubctl("events", "show", "VisitLogged", "--json").json["title"] == "VisitLogged"
