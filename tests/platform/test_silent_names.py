"""A whole service whose name server falls silent: it answers all the time, and is ready again by itself."""

import threading
import time
from pathlib import Path

import pytest
import sqlalchemy as sa
from tests.platform.conftest import MIGRATIONS
from tests.support.own_names import own_names, possible
from tests.support.postgres import PostgresServer
from tests.support.services import Client, Reply, running_service
from tests.support.waiting import wait_until

PROMISED = 10.0  # seconds until it is ready again


# Long: one fault from its beginning to its end.
@pytest.mark.skipif(not possible(), reason="needs mounts of its own and port 53 of a loopback address")
def test_a_name_server_that_falls_silent_holds_nothing_up(
    postgres: PostgresServer, amqp_uri: str, tmp_path: Path
) -> None:
    """At 5d84fdd no request was answered for as long as the C library waited, 10 s and more each time."""
    url = sa.make_url(postgres.migrated_database(MIGRATIONS))
    with (
        own_names(tmp_path / "names") as names,
        running_service(
            tmp_path,
            "sorting",
            (*names.prefix, "parcels", "sorting"),
            database_url=url.set(host="database.test").render_as_string(hide_password=False),
            amqp_uri=amqp_uri,
        ) as service,
    ):
        names.know("database.test")
        wait_until(service.ready, deadline=30)

        names.know()
        postgres.execute(
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{url.database}'"  # noqa: S608
        )
        answers: list[Reply] = []
        asking = threading.Thread(
            target=lambda: answers.append(
                service.client("sorter")("POST", "/sorting/v1/parcels", {"number": 1, "weight": 1})
            )
        )
        asking.start()
        slowest, probes = 0.0, 0
        while asking.is_alive() or probes < 20:
            since = time.monotonic()
            assert Client(service.port)("GET", "/sorting/health/live").status == 200
            slowest, probes = max(slowest, time.monotonic() - since), probes + 1
            asking.join(0.05)
        assert (answers[0].status, answers[0].json["code"]) == (503, "database_away")
        assert slowest < 4  # the C library waits for 10 s
        assert not service.ready()

        names.know("database.test")
        wait_until(service.ready, deadline=PROMISED)
