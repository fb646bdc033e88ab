"""The migration to facts of schools in time, from the head before and with rows in the tables."""

from datetime import UTC, date, datetime

import sqlalchemy as sa
from alembic import command
from tests.enrolment.conftest import MIGRATIONS
from tests.support.postgres import PostgresServer

from hub_messaging.tables import outbox
from hub_platform.migrations import alembic_config, migrate

HEAD_BEFORE = "0023_different_people"
TRACKED = "revision, created_at, created_by, changed_at, changed_by"
TRACK = "1, '2025-01-01T12:00Z', 'ada', '2025-06-30T23:30Z', 'grace'"
BEFORE = """
INSERT INTO trusts (uid, name, companies_house, TRACKED) VALUES
  ('7', 'Cam', '7795736', 1, '2025-01-01Z', 'ada', '2025-09-01T08:00Z', 'ada'),
  ('8', 'Ouse', NULL, TRACK), ('9', 'Nene', 'not a number', TRACK);

INSERT INTO schools (urn, name, la_code, la_name, phase, type_code, type_group, eligible, status, trust_uid,
                     trust_name, TRACKED)
SELECT urn, 'School ' || urn, '873', 'Cambridgeshire', 'primary', 1, 4, true, 'open', uid, uid, TRACK
FROM (VALUES ('100001', '7'), ('100002', '8'), ('100003', '9'), ('100004', NULL)) AS given (urn, uid);

INSERT INTO trust_memberships (id, urn, trust_uid, starts_on, ends_on, TRACKED)
SELECT gen_random_uuid(), urn, uid, CAST(starts_on AS date), CAST(ends_on AS date), TRACK
FROM (VALUES ('100001', '8', '2018-09-01', '2019-03-31'), ('100001', '7', '2019-04-01', NULL),
             ('100002', '8', '2025-07-01', NULL), ('100003', '9', '2025-07-01', NULL),
             ('100004', '9', '2025-07-01', '2025-08-31')) AS given (urn, uid, starts_on, ends_on)
""".replace("TRACKED", TRACKED).replace("TRACK", TRACK)
CHANGED_AT = datetime(2025, 6, 30, 23, 30, tzinfo=UTC)
COMPANY_AT = datetime(2025, 9, 1, 8, tzinfo=UTC)


def test_existing_trusts_are_published_once_for_each_of_their_schools(postgres: PostgresServer) -> None:
    url = postgres.new_database()
    config = alembic_config(url, MIGRATIONS)
    command.upgrade(config, HEAD_BEFORE)
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql(BEFORE)
    for _ in range(2):  # a second run adds nothing
        migrate(url, MIGRATIONS)
        recorded = sa.select(outbox.c.occurred_at, outbox.c.data).order_by(outbox.c.position)
        with engine.connect() as connection:
            told = [
                (at, d["urn"], d["trust_since"], d.get("companies_house"), d["changed_fields"])
                for at, d in connection.execute(recorded)
            ]
            placed = connection.exec_driver_sql("SELECT * FROM school_placements ORDER BY urn").all()
        assert told == [
            (COMPANY_AT, "100001", "2019-04-01", "07795736", ["trust_since", "companies_house"]),
            (CHANGED_AT, "100002", "2025-07-01", None, ["trust_since"]),
            (CHANGED_AT, "100003", "2025-07-01", None, ["trust_since"]),
        ]
        assert [(one.urn, one.la_code, one.starts_on, one.ends_on) for one in placed] == [
            (urn, "873", date(2025, 1, 1), None) for urn in ("100001", "100002", "100003", "100004")
        ]
        command.downgrade(config, HEAD_BEFORE)
    engine.dispose()
