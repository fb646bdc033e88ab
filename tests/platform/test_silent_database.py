"""A whole service whose database falls silent: requests are answered 503, and it is ready again by itself."""

import threading
import time
from pathlib import Path

from tests.platform.conftest import MIGRATIONS
from tests.support.pipe import piped
from tests.support.postgres import PostgresServer
from tests.support.services import Client, Reply, running_service
from tests.support.waiting import wait_until

ERRS_WITHIN = 30.0  # seconds, promised
READY_WITHIN = 10.0


def test_a_database_that_falls_silent_is_answered_503_while_the_service_lives(
    postgres: PostgresServer, amqp_uri: str, tmp_path: Path
) -> None:
    """At 5d84fdd the request was never answered, and each one took a worker with it."""
    with (
        piped(postgres.migrated_database(MIGRATIONS)) as (pipe, url),
        running_service(
            tmp_path, "sorting", ("parcels", "sorting"), database_url=url, amqp_uri=amqp_uri
        ) as service,
    ):
        sorter = service.client("sorter")
        wait_until(service.ready, deadline=30)
        pipe.dead = True
        answers: list[Reply] = []
        asking = [
            threading.Thread(
                target=lambda number=number: answers.append(
                    sorter("POST", "/sorting/v1/parcels", {"number": number, "weight": 1})
                )
            )
            for number in range(5)
        ]
        since = time.monotonic()
        for each in asking:
            each.start()
        while any(each.is_alive() for each in asking):
            assert Client(service.port)("GET", "/sorting/health/live").status == 200
            assert time.monotonic() - since < ERRS_WITHIN
            asking[0].join(0.1)
        assert {(one.status, one.json["code"]) for one in answers} == {(503, "database_away")}
        wait_until(lambda: not service.ready())

        pipe.dead = False
        wait_until(service.ready, deadline=READY_WITHIN)
        assert sorter("POST", "/sorting/v1/parcels", {"number": 9, "weight": 1}).status == 201
