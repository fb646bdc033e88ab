"""Every kind of work can be measured: a row that gives up is noticed here, not when the page is due."""

from collections.abc import Iterator

import pytest
from tests.bench.rows import BY_HAND, OURS, ROWS, Entry
from tests.bench.servers import Servers, running_servers

from hub_local.places import Places

pytestmark = pytest.mark.servers

FEW = 600  # events: several batches
# The peers' packages are not there where the tests run.
MEASURED = [
    pytest.param(entry, id=f"{row.name}, {entry.contender.name}")
    for row in ROWS
    for entry in row.entries
    if entry.contender.name in {OURS, BY_HAND}
]


@pytest.fixture(name="servers", scope="module")
def _servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    with running_servers(Places(tmp_path_factory.mktemp("bench"))) as servers:
        yield servers


@pytest.mark.parametrize("entry", MEASURED)
def test_a_row_can_be_measured(servers: Servers, entry: Entry) -> None:
    assert entry.measure(servers, entry.contender, FEW).rate > 0
