"""Tables, numbers and files in docs/messaging.md agree with the code."""

import re

from hub_local.places import ROOT
from hub_messaging import (
    catchup,
    dispatch,
    flow_control,
    log_repair,
    reader,
    relay,
    retention,
    retention_worker,
    retries,
    stopping,
)
from hub_messaging.tables import metadata

PAGE = (ROOT / "docs" / "messaging.md").read_text()
FLOWING = " ".join(PAGE.split())


def test_every_table_stands_there_with_its_columns() -> None:
    rows = re.findall(r"^\| `(\w+)` \| [^|]+ \| ((?:`\w+` ?)+)\|$", PAGE, re.MULTILINE)
    described = {name: re.findall(r"`(\w+)`", columns) for name, columns in rows}
    assert described == {
        table.name: [column.name for column in table.columns] for table in metadata.tables.values()
    }


def test_every_module_stands_there_and_no_other() -> None:
    section = PAGE.partition("## Where the code is")[2].partition("\n## ")[0]
    named = set(re.findall(r"`(\w+)\.py`", section))
    there = {path.stem for path in (ROOT / "shared" / "hub_messaging").glob("*.py")}
    assert named <= there
    assert there - named == {"__init__", "migrations", "migrations_v3", "sessions", "statements", "tables"}


def test_the_numbers_are_those_of_the_code() -> None:
    waits = [wait.total_seconds() for wait in retries.RetryPolicy().waits]
    assert waits == [1, 10, 60, 600, 3600]
    assert "after 1 s, 10 s, 1 min, 10 min and 1 h" in FLOWING
    assert f"up to {relay.BATCH} unpublished rows" in FLOWING
    assert f"up to {flow_control.BATCH} messages" in FLOWING
    assert f"after {retention.INBOX_DAYS} days" in FLOWING
    assert f"outbox rows for {retention.OUTBOX_DAYS} days" in FLOWING
    assert f"what has taken effect for {retention.INBOX_DAYS}" in FLOWING
    assert f"at most {retention_worker.BATCH:,} in a transaction" in FLOWING
    assert (retention_worker.TURN_SECONDS, retention_worker.NOTE_SECONDS) == (0.25, 5 * 60)
    assert f"up to {dispatch.TOGETHER} of them in one transaction" in FLOWING
    assert dispatch.RUN_OF_FAILURES == 20
    assert "Twenty failures in a row" in FLOWING
    assert f"held for {log_repair.PATIENCE.seconds} s" in FLOWING
    assert log_repair.BETWEEN_REPAIRS == 5 * 60
    assert catchup.MARGIN.seconds == 3600
    *growing, last = (f"{seconds:g}" for seconds in stopping.RECONNECT_SECONDS)
    assert f"waits {', '.join(growing)}, then always {last} s" in FLOWING
    assert retries.JITTER == 1 / 5
    assert reader.STOP_SECONDS + relay.STOP_SECONDS < 10


def test_every_state_is_explained() -> None:
    (check,) = (c for c in metadata.tables["inbox"].constraints if c.name == "ck_inbox_state")
    states = set(re.findall(r"'(\w+)'", str(check.sqltext)))  # type: ignore[attr-defined]
    assert set(re.findall(r"^\| `(\w+)` \| [^|]+ \| [^`|]+ \|$", PAGE, re.MULTILINE)) == states
