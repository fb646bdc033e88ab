"""The row of a refused request takes a turn as requests do: refusals of one account hold up no other."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session, sessionmaker
from structlog.testing import capture_logs
from tests.platform.contexts import config_with
from werkzeug.test import EnvironBuilder

from hub_platform import audit, recording
from hub_platform.access import ANONYMOUS, Actor
from hub_platform.audit import REFUSED
from hub_platform.clocks import Clocks
from hub_platform.problems import Problem
from hub_platform.shares import Shares
from hub_platform.web import HubRequest

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
ADA = Actor("ada", frozenset({"sorter"}))
Database = sessionmaker[Session]


@pytest.fixture(name="database")
def _database(database_url: str) -> Iterator[Database]:
    engine = sa.create_engine(database_url)
    audit.metadata.create_all(engine)
    yield sessionmaker(engine)
    engine.dispose()


def refuse(database: Database, shares: Shares, *, status: int = 422, actor: Actor = ADA) -> None:
    config = config_with(sessions=database, shares=shares, clocks=Clocks(real=lambda: NOW))
    route: Any = SimpleNamespace(
        recorded=True, method="POST", url="/parcels", container=SimpleNamespace(config=config)
    )
    request = HubRequest(EnvironBuilder().get_environ())
    request.actor = actor
    recording.record_refusal(route, request, Problem(status, "invalid", "No."))


def outcomes(database: Database) -> list[str]:
    with database() as session:
        return list(session.scalars(sa.select(audit.audit.c.outcome)))


def test_an_account_that_has_all_its_turns_gets_its_refusals_without_rows(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recording, "REFUSAL_SECONDS", 0.05)
    shares = Shares(of_one_subject=2)
    with ExitStack() as turns, capture_logs() as logs:
        for _ in range(2):
            turns.enter_context(shares.turn("ada"))
        refuse(database, shares)
        refuse(database, shares, actor=Actor("bea"))
    assert [line["event"] for line in logs] == ["audit_not_written"]
    assert outcomes(database) == [REFUSED]
    refuse(database, shares)
    assert outcomes(database) == [REFUSED, REFUSED]


@pytest.mark.parametrize("status", [429, 503])
def test_what_spares_the_database_is_not_recorded(database: Database, status: int) -> None:
    refuse(database, Shares(), status=status)
    assert outcomes(database) == []


def test_a_sender_without_a_credential_is_not_recorded(database: Database) -> None:
    refuse(database, Shares(), status=401, actor=ANONYMOUS)
    assert outcomes(database) == []
