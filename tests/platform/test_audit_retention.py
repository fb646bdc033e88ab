"""How long the audit keeps addresses and rows, what a wrong clock can do, and which ids a row holds."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request, Response

from hub_platform import audit, idempotency, recording
from hub_platform.access import Actor
from hub_platform.audit import ADDRESS_KEPT_FOR, AT_A_TIME, DONE, KEPT_FOR, Entry
from hub_platform.calls import Call
from hub_platform.clocks import Clocks
from hub_platform.probes import Probes
from hub_platform.routes import Route

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
INSTANT = timedelta(microseconds=1)
Database = sessionmaker[Session]


@dataclass(frozen=True, kw_only=True)
class Move:
    """A command with ids, texts and lists of both."""

    parcel_id: UUID
    room_ids: tuple[UUID, ...] = ()
    number: str = ""
    note: str = ""


@pytest.fixture(name="database")
def _database(database_url: str) -> Iterator[Database]:
    engine = sa.create_engine(database_url)
    for metadata in (audit.metadata, idempotency.metadata):
        metadata.create_all(engine)
    yield sessionmaker(engine)
    engine.dispose()


def write(database: Database, *ages: timedelta, address: str | None = "203.0.113.77") -> None:
    with database.begin() as session:
        for age in ages:
            entry = Entry(account="ada", method="POST", route="/x", outcome=DONE, address=address)
            audit.write(session, entry, now=NOW - age)


def addresses(database: Database) -> list[Any]:
    with database() as session:
        return list(session.scalars(sa.select(audit.audit.c.address).order_by(audit.audit.c.id)))


def shorten(database: Database, now: datetime = NOW) -> int:
    with database.begin() as session:
        return audit.shorten(session, now)


@pytest.mark.parametrize(
    ("whole", "network"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:1:2:3::7", "2001:db8:1::/48"),
        ("0.0.0.0", "0.0.0.0/24"),  # noqa: S104 - an address, not one to listen at
        (None, None),
    ],
)
def test_of_an_old_address_the_network_stays(
    database: Database, whole: str | None, network: str | None
) -> None:
    write(database, ADDRESS_KEPT_FOR + INSTANT, address=whole)
    assert shorten(database) == (whole is not None)
    assert addresses(database) == [network]
    assert shorten(database) == 0
    assert addresses(database) == [network]


def test_an_address_is_whole_for_thirty_days(database: Database) -> None:
    write(database, ADDRESS_KEPT_FOR + INSTANT, ADDRESS_KEPT_FOR, timedelta(0))
    assert shorten(database) == 1
    assert addresses(database) == ["203.0.113.0/24", "203.0.113.77", "203.0.113.77"]


def test_a_wrong_clock_shortens_and_deletes_no_more_than_a_day_at_a_time(database: Database) -> None:
    write(database, *(timedelta(days=days) for days in (5, 4, 3, 2, 1)))
    far = NOW + 9 * KEPT_FOR
    assert shorten(database, far) == 1
    with database.begin() as session:
        assert audit.forget(session, far) == 1
    assert addresses(database) == ["203.0.113.77"] * 4


def test_a_service_whose_clock_is_ahead_of_postgresqls_keeps_what_is_to_come(database: Database) -> None:
    with database.begin() as session:
        ahead = datetime.now(UTC) + timedelta(days=1)
        audit.write(session, Entry(account="ada", method="POST", route="/x", outcome=DONE), now=ahead)
        assert audit.forget(session, ahead + 2 * KEPT_FOR) == 0


def test_a_row_is_kept_for_800_days(database: Database) -> None:
    write(database, KEPT_FOR + INSTANT, KEPT_FOR)
    with database.begin() as session:
        assert audit.forget(session, NOW) == 1
        assert session.scalars(sa.select(audit.audit.c.at)).all() == [NOW - KEPT_FOR]


def test_the_hourly_work_does_both(database: Database) -> None:
    write(database, KEPT_FOR + AT_A_TIME, ADDRESS_KEPT_FOR + INSTANT, timedelta(0))
    service: Any = SimpleNamespace(housekeeping=database, clocks=Clocks(real=lambda: NOW))
    Probes.apply_retention(service)
    Probes.apply_retention(service)
    assert addresses(database) == ["203.0.113.0/24", "203.0.113.77"]


def recorded(
    database: Database, answer: Response, *, command: Any = None, path: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Record one answer; the row."""
    service = type("Service", (), {"named_in_audit": frozenset({"number"})})
    container = SimpleNamespace(service_cls=service)
    route = SimpleNamespace(recorded=True, method="POST", url="/moves", container=container)
    request = Request(EnvironBuilder(environ_base={"REMOTE_ADDR": "::ffff:192.0.2.1"}).get_environ())
    with database.begin() as session:
        call = Call(
            session=session,
            actor=Actor("ada@school.example"),
            now=NOW,
            real_now=NOW,
            command=command,
            path=path or {},
            request=request,
        )
        recording.record(cast("Route", route), call, answer)
        return dict(session.execute(sa.select(audit.audit)).mappings().one())


def as_json(text: str) -> Response:
    return Response(text, content_type="application/json")


def test_ids_come_from_address_command_and_answer_each_once(database: Database) -> None:
    parcel, rooms = uuid4(), (uuid4(), uuid4())
    move = Move(parcel_id=parcel, room_ids=rooms, number="17", note="Ada Lovelace, 020 7946 0000")
    text = f'"hidden_id": "{uuid4()}"'
    answer = as_json(json.dumps({"parcel_id": str(parcel), "note": text, "given": "Ada"}))
    row = recorded(database, answer, command=move, path={"parcel_id": parcel, "scope": "Ada"})
    assert row["subjects"] == {
        "parcel_id": [str(parcel)],
        "room_id": [str(room) for room in rooms],
        "number": ["17"],
    }
    assert "Ada" not in str(row)


def test_an_account_that_is_an_email_address_is_recorded_by_its_digest(database: Database) -> None:
    row = recorded(database, as_json("{}"))
    assert row["account"].startswith("sha256:")
    assert "school.example" not in str(row)


def test_an_ipv4_address_in_ipv6_form_is_recorded_as_ipv4(database: Database) -> None:
    assert recorded(database, as_json("{}"))["address"] == "192.0.2.1"


def test_a_row_holds_a_thousand_ids_and_says_how_many_it_leaves_out(database: Database) -> None:
    listed = ", ".join(f'{{"parcel_id": "{uuid4()}", "room_id": "{uuid4()}"}}' for _ in range(700))
    subjects = recorded(database, as_json(f"[{listed}]"))["subjects"]
    assert {name: len(found) for name, found in subjects.items()} == {
        "parcel_id": 700,
        "room_id": 300,
        "left_out": 1,
    }
    assert subjects["left_out"] == ["400"]
