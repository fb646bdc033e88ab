"""Fixtures of the example service, through which the platform is tested."""

from collections.abc import Iterator

import pytest
from tests.support.broker import BrokerServer
from tests.support.example import running_sorting
from tests.support.postgres import PostgresServer
from tests.support.services import Client, RunningService

from hub_platform.runner import migrations_of

MIGRATIONS = migrations_of("parcels")


@pytest.fixture(name="sorting", scope="module")
def _sorting(
    postgres: PostgresServer, broker: BrokerServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningService]:
    with running_sorting(postgres, broker, tmp_path_factory, HUB_ALLOW_HUB_TIME="1") as service:
        yield service


@pytest.fixture(name="behind_gateway", scope="module")
def _behind_gateway(
    postgres: PostgresServer, broker: BrokerServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningService]:
    with running_sorting(
        postgres,
        broker,
        tmp_path_factory,
        HUB_TRUSTED_PROXIES="1",
        HUB_OUTER_GATEWAYS="127.0.0.1/8 192.0.2.0/24",
        HUB_FORMS_PER_MINUTE="3",
    ) as service:
        yield service


@pytest.fixture(name="sorter")
def _sorter(sorting: RunningService) -> Client:
    return sorting.client("sorter")
