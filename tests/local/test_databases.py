"""The database that the tests of a service share: whatever one leaves behind, the next finds none of it."""

import pytest
import sqlalchemy as sa
from tests.support.databases import ServiceDatabase
from tests.support.postgres import PostgresServer

from hub_platform.runner import migrations_of

INSERT = """
INSERT INTO inbox_audit (by, why, action, subscription, source, event_id, attempts)
VALUES ('ada', 'a test', 'drop', 'x.in', 'x', '1', 0) RETURNING id
"""


@pytest.fixture(name="shared", scope="module")
def _shared(postgres: PostgresServer) -> ServiceDatabase:
    return ServiceDatabase(postgres, migrations_of("parcels"))


def insert(shared: ServiceDatabase) -> int:
    with shared.sessions.begin() as session:
        return int(session.execute(sa.text(INSERT)).scalar_one())


def test_rows_and_the_numbers_they_were_given_are_taken_away(shared: ServiceDatabase) -> None:
    assert [insert(shared), insert(shared)] == [1, 2]
    shared.empty()
    assert insert(shared) == 1
    shared.empty()


def test_a_table_that_a_test_has_made_is_gone(shared: ServiceDatabase) -> None:
    with shared.sessions.begin() as session:
        session.execute(sa.text("CREATE TABLE one (id int PRIMARY KEY)"))
    shared.empty()
    with shared.sessions() as session:
        assert session.scalar(sa.text("SELECT to_regclass('one')")) is None


def test_tables_that_a_test_has_changed_are_created_again(shared: ServiceDatabase) -> None:
    with shared.sessions.begin() as session:
        session.execute(sa.text("DROP TABLE inbox_audit"))
    shared.empty()
    assert insert(shared) == 1
    shared.empty()


def test_a_transaction_that_is_still_open_is_ended(shared: ServiceDatabase) -> None:
    left_open = shared.sessions()
    left_open.execute(sa.text(INSERT))
    shared.empty()
    with pytest.raises(sa.exc.OperationalError):
        left_open.execute(sa.text("SELECT 1"))
    left_open.close()
    assert insert(shared) == 1
    shared.empty()


def test_the_newest_migration_is_noted_again(shared: ServiceDatabase) -> None:
    with shared.sessions.begin() as session:
        newest = session.scalar(sa.text("SELECT version_num FROM alembic_version"))
        session.execute(sa.text("UPDATE alembic_version SET version_num = '0000_before'"))
    shared.empty()
    with shared.sessions() as session:
        assert session.scalar(sa.text("SELECT version_num FROM alembic_version")) == newest
