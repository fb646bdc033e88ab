"""`hubctl events emit`: invented events, of a demonstration only."""

import json
from pathlib import Path

import pytest
import sqlalchemy as sa
from tests.hubctl.conftest import Keeper, hubctl

from hub_contracts import EVENTS, parse
from hub_contracts.testing import make
from hub_contracts.visits import VisitLogged, VisitPlanned
from hub_messaging import lookup, outbox
from hub_messaging.topology import source_of
from hub_platform.clocks import hub_clock, real_now


@pytest.fixture(name="demonstration")
def _demonstration(hub: Keeper) -> Keeper:
    with hub.database.begin() as session:
        now = real_now()
        late = now.replace(year=now.year + 1, day=1)
        session.execute(sa.insert(hub_clock).values(only_row=True, hub_time=late, real_time=now))
    return hub


def recorded(keeper: Keeper) -> int:
    with keeper.database() as session:
        return outbox.pending(session)


def test_emit_is_refused_by_a_hub_that_is_no_demonstration(hub: Keeper) -> None:
    for more in ((), ("--dry-run",)):
        said = hubctl("events", "emit", "VisitLogged", *more)
        assert (said.code, said.out) == (1, "")
        assert "This hub is not a demonstration: the clock of visits has not been set" in said.err
    assert recorded(hub) == 0


def test_emit_records_an_event_that_every_subscriber_can_read(demonstration: Keeper) -> None:
    said = hubctl(
        "events", "emit", "VisitLogged", "--set", "urn=110623", "--set", "half_days=1", "--json"
    ).json
    received = parse(said["event"])
    assert isinstance(received.event, VisitLogged)
    assert (received.event.urn, received.event.half_days, received.revision) == ("110623", 1, 1)
    assert received.time.year == real_now().year + 1  # the demonstration's time
    with demonstration.database() as session:
        (one,) = lookup.recorded(session, source_of("test", "visits"), str(received.id))
    assert one.envelope.data == received.event.to_data()
    again = hubctl("events", "emit", "VisitLogged", "--set", f"visit_id={received.event.visit_id}", "--json")
    assert parse(again.json["event"]).after == {"VisitLogged": 1}
    other = parse(hubctl("events", "emit", "VisitLogged", "--json").json["event"])
    assert other.subject != received.subject
    assert "hubctl events show" in hubctl("events", "emit", "VisitPlanned").out


def test_emit_takes_data_from_a_file_or_standard_input(demonstration: Keeper, tmp_path: Path) -> None:
    data = make(VisitPlanned, urn="110704").to_data()
    (tmp_path / "data.json").write_text(json.dumps(data))
    command = ("events", "emit", "VisitPlanned", "--json")
    assert hubctl(*command, "--data", str(tmp_path / "data.json")).json["event"]["data"] == data
    assert hubctl(*command, "--data", "-", typed=json.dumps(data)).json["event"]["data"] == data
    (tmp_path / "data.json").write_text("[]")
    assert hubctl(*command, "--data", str(tmp_path / "data.json")).code == 2
    assert hubctl(*command, "--data", str(tmp_path / "none.json")).code == 2


def test_emit_without_effect(demonstration: Keeper) -> None:
    said = hubctl("events", "emit", "VisitLogged", "--dry-run")
    assert said.out.startswith("Would emit VisitLogged about visits/")
    assert recorded(demonstration) == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("VisitLoged",), "the closest: VisitLogged"),
        (("LogMark",), "There is no event 'LogMark'"),
        (("VisitLogged", "--set", "urn"), "--set is FIELD=VALUE"),
        (("VisitLogged", "--set", "weather=fair"), "the fields of VisitLogged are visit_id, urn"),
        (("VisitLogged", "--set", "half_days=many"), "half_days cannot be 'many': Not a"),
        (("VisitLogged", "--set", "half_days=-1"), "half_days cannot be '-1': Must be"),
        (("VisitLogged", "--set", "urn=1"), "urn cannot be '1': A URN has five or six digits."),
        (("VisitLogged", "--set", "urn=null"), "urn cannot be 'null': A URN has"),
        (("VisitLogged", "--set", "late=null"), "late cannot be 'null': Field may not be null."),
        (("VisitLogged", "--set", "focus=[7]"), "focus cannot be '[7]': "),
    ],
)
def test_emit_refuses_what_no_subscriber_would_accept(
    demonstration: Keeper, arguments: tuple[str, ...], said: str
) -> None:
    refused = hubctl("events", "emit", *arguments)
    assert (refused.code, said in refused.err) == (2, True), refused.err
    assert recorded(demonstration) == 0


@pytest.mark.parametrize("key", [key for key, event in EVENTS.items() if event.publisher == "visits"])
def test_every_event_can_be_emitted(demonstration: Keeper, key: str) -> None:
    assert hubctl("events", "emit", key).code == 0
    assert recorded(demonstration) == 1
