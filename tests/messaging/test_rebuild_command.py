"""`python -m <package> rebuild` during a running service, over real RabbitMQ and PostgreSQL."""

# Long: all of it is about one service that has been fed once.

import hashlib
import json
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from parcels.events import ParcelSorted
from parcels.service import CountingService, SortingService
from parcels.tables import Base
from sqlalchemy.orm import Session, sessionmaker
from tests.messaging.conftest import Pair
from tests.support.services import RunningService
from tests.support.waiting import wait_until

from hub_local.places import ROOT
from hub_messaging import rebuild_command
from hub_messaging.rebuild_command import NeedsDependency, handlers_of, rebuild
from hub_messaging.shadow_copy import Busy
from hub_messaging.subscribe import Delivery, subscribe
from hub_platform.dependencies import Database, Time

FIRST_GONE = "DELETE FROM effects WHERE position = (SELECT min(position) FROM effects)"
SWITCH = ("--by", "ada", "--why", "a test")
NOWHERE = "amqp://unknown:nothing@127.0.0.1:1/none"  # pragma: allowlist secret


class Leaning:
    """A service whose handler needs what only a running one has."""

    name = "counting"
    projections = CountingService.projections
    database = Database()

    @subscribe(ParcelSorted)
    def on_parcel_sorted(self, _session: Session, _delivery: Delivery[Any]) -> None:
        self.database.begin()


class Timed:
    """A service whose handler asks for the time."""

    name = "counting"
    clocks = Time()

    @subscribe(ParcelSorted)
    def on_parcel_sorted(self, session: Session, _delivery: Delivery[Any]) -> None:
        session.info["counted_at"] = self.clocks.hub.now()


def command(counting: RunningService, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "parcels", "counting", "rebuild", "--json", *arguments],
        env=dict(counting.environment),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )


def answer(process: subprocess.Popen[str]) -> Any:
    out, _ = process.communicate(timeout=60)
    return json.loads(out.splitlines()[-1])


def in_this_process(
    counting: RunningService, capsys: pytest.CaptureFixture[str], *arguments: str, **settings: str
) -> tuple[int, str]:
    named = {name.removeprefix("HUB_"): value for name, value in counting.environment.items()}
    known = {"FOREIGN_SOURCES": ""} | named | settings
    code = rebuild(CountingService, known.__getitem__, arguments)
    return code, capsys.readouterr().out


def rows(url: str, statement: str) -> list[Any]:
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        result = connection.execute(sa.text(statement))
        return list(result) if result.returns_rows else []


def sort(sorting: RunningService, *numbers: int) -> None:
    sorter = sorting.client("sorter")
    for number in numbers:
        assert sorter("POST", "/sorting/v1/parcels", {"number": number, "weight": 1}).status == 201


def effects(url: str) -> int:
    (row,) = rows(url, "SELECT count(*) FROM effects")
    return int(row[0])


@contextmanager
def events_flowing(sorting: RunningService, first: int) -> Iterator[list[int]]:
    """Parcels are sorted for as long as this lasts; their numbers."""
    numbers: list[int] = []
    enough = threading.Event()

    def go_on() -> None:
        for number in range(first, first + 5_000):
            if enough.is_set():
                return
            sort(sorting, number)
            numbers.append(number)

    thread = threading.Thread(target=go_on)
    thread.start()
    try:
        wait_until(lambda: len(numbers) > 5)
        yield numbers
    finally:
        enough.set()
        thread.join(30)


@pytest.fixture(name="sorting")
def _sorting(pair: Pair) -> RunningService:
    return pair.sorting


@pytest.fixture(name="counting")
def _counting(pair: Pair) -> RunningService:
    return pair.counting


@pytest.fixture(name="counting_url")
def _counting_url(counting: RunningService) -> str:
    return counting.environment["HUB_DATABASE_URL"]


@pytest.fixture(name="forty", scope="module")
def _forty(pair: Pair) -> None:
    """Let forty events come, once for all tests."""
    pair.go_on()
    sort(pair.sorting, *range(40))


@pytest.fixture(name="fed")
def _fed(forty: None, sorting: RunningService, counting: RunningService, counting_url: str) -> RunningService:
    """Give the counting service once every event has come, without the notes of earlier operators."""
    waiting = "SELECT count(*) FROM outbox WHERE published_at IS NULL"
    published = "SELECT coalesce(sum(published), 0) FROM outbox_counts"
    (recorded,) = rows(sorting.environment["HUB_DATABASE_URL"], f"SELECT ({waiting}) + ({published})")
    wait_until(lambda: effects(counting_url) == recorded[0], deadline=20)
    rows(counting_url, "DELETE FROM inbox_audit")
    return counting


def test_a_spoiled_projection_is_rebuilt_while_events_keep_flowing(
    fed: RunningService, sorting: RunningService, counting_url: str
) -> None:
    before = {row.subject for row in rows(counting_url, "SELECT subject FROM effects")}
    rows(counting_url, "DELETE FROM effects WHERE position % 2 = 0")
    with events_flowing(sorting, 1000) as numbers:
        said = answer(command(fed, *SWITCH))
        since_then = len(numbers)
        wait_until(lambda: len(numbers) > since_then + 5)
    assert said["result"]["switched"] is True
    (compared,) = said["result"]["compared"]
    assert compared["only_live"] == 0
    assert compared["only_new"] >= 20  # and what the log had already, and the reader not yet
    wait_until(lambda: effects(counting_url) >= len(before) + len(numbers), deadline=20)
    found = rows(counting_url, "SELECT event_id, subject FROM effects")
    assert len(found) == len({row.event_id for row in found}) == len(before) + len(numbers)
    assert {row.subject for row in found} == before | {f"parcels/{n}" for n in numbers}
    assert rows(counting_url, "SELECT DISTINCT state FROM inbox") == [("done",)]
    assert rows(counting_url, "SELECT by, why, action FROM inbox_audit") == [("ada", "a test", "rebuild")]


def test_a_rebuild_that_is_killed_leaves_everything_and_the_next_one_succeeds(
    fed: RunningService, counting_url: str
) -> None:
    engine, all_n = sa.create_engine(counting_url, poolclass=sa.NullPool), effects(counting_url)
    with engine.begin() as connection:
        connection.execute(sa.text("LOCK TABLE effects IN SHARE MODE"))  # it reads, and cannot switch
        killed = command(fed, *SWITCH)
        wait_until(lambda: copied(counting_url) == all_n, deadline=30)
        killed.send_signal(signal.SIGKILL)
        killed.communicate(timeout=10)
    assert effects(counting_url) == all_n
    assert answer(command(fed, *SWITCH))["result"]["switched"] is True
    assert effects(counting_url) == all_n


def test_a_rebuild_that_is_interrupted_clears_away_and_says_so(
    fed: RunningService, counting_url: str
) -> None:
    engine, all_n = sa.create_engine(counting_url, poolclass=sa.NullPool), effects(counting_url)
    with engine.begin() as connection:
        connection.execute(sa.text("LOCK TABLE effects IN SHARE MODE"))
        process = command(fed, *SWITCH)
        wait_until(lambda: copied(counting_url) == all_n, deadline=30)
        process.send_signal(signal.SIGINT)
        said = answer(process)
    assert process.returncode == 130
    assert said == {"error": "Interrupted: the live tables are as they were."}
    assert rows(counting_url, "SELECT 1 FROM pg_namespace WHERE nspname = 'rebuild'") == []


@pytest.mark.parametrize(
    "failure", [sa.exc.OperationalError("SELECT", {}, Exception()), ConnectionResetError()]
)
def test_a_connection_that_an_interruption_breaks_counts_as_interrupted(
    fed: RunningService,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    failure: Exception,
) -> None:
    def read(*_: object) -> Iterator[list[Any]]:
        with suppress(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
        raise failure

    monkeypatch.setattr(rebuild_command, "read_log", read)
    code, said = in_this_process(fed, capsys, *SWITCH)
    assert code == 130
    assert said.endswith("Interrupted: the live tables are as they were.\n")


@pytest.mark.parametrize("place", ["reading", "waiting"])
def test_a_lost_interruption_takes_effect_at_the_next_step(
    fed: RunningService, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    def lose_it(*_: object) -> None:
        """Do as a finaliser does: what is raised in it is dropped."""
        with suppress(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)

    def read(*_: object) -> Iterator[list[Any]]:
        lose_it()
        yield []

    def wait(*_: object) -> None:
        lose_it()
        raise Busy

    if place == "reading":
        monkeypatch.setattr(rebuild_command, "read_log", read)
    else:
        monkeypatch.setattr("hub_messaging.shadow_copy.ShadowCopy.lock", wait)
    before = signal.getsignal(signal.SIGINT)
    code, said = in_this_process(fed, capsys, *SWITCH)
    assert code == 130
    assert said.endswith("Interrupted: the live tables are as they were.\n")
    url = fed.environment["HUB_DATABASE_URL"]
    assert rows(url, "SELECT 1 FROM pg_namespace WHERE nspname = 'rebuild'") == []
    assert signal.getsignal(signal.SIGINT) is before


def copied(url: str) -> int:
    """How many events the new copy has."""
    if rows(url, "SELECT to_regclass('rebuild.effects')")[0][0] is None:
        return 0
    (row,) = rows(url, "SELECT count(*) FROM rebuild.effects")
    return int(row[0])


def test_the_command_speaks_to_a_person_too(fed: RunningService, capsys: pytest.CaptureFixture[str]) -> None:
    code, said = in_this_process(fed, capsys, "--dry-run")
    assert code == 0
    assert "effects" in said
    assert "same" in said
    assert said.endswith("nothing was switched\n")
    rows(fed.environment["HUB_DATABASE_URL"], FIRST_GONE)
    code, said = in_this_process(fed, capsys, *SWITCH)
    assert code == 0
    assert "-0 +1 " in said
    assert said.endswith("switched\n")


def test_it_reads_the_publishers_outboxes_when_told(
    fed: RunningService, sorting: RunningService, capsys: pytest.CaptureFixture[str]
) -> None:
    outbox = sorting.environment["HUB_DATABASE_URL"]
    arguments = ("--from-outboxes", "--json", *SWITCH)
    code, said = in_this_process(fed, capsys, *arguments, AMQP_URI=NOWHERE, SORTING_DATABASE_URL=outbox)
    assert code == 0
    assert json.loads(said.splitlines()[-1])["result"]["read"] >= 40


def test_outboxes_past_their_retention_replace_nothing(
    fed: RunningService, sorting: RunningService, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Before (at 6a1328b): the projection was emptied, and the command said "Switched."."""
    outbox, url = sorting.environment["HUB_DATABASE_URL"], fed.environment["HUB_DATABASE_URL"]
    settings = {"AMQP_URI": NOWHERE, "SORTING_DATABASE_URL": outbox}
    all_n = effects(url)
    rows(outbox, "DELETE FROM outbox WHERE subject IN ('parcels/3', 'parcels/4')")
    rows(url, "DELETE FROM inbox WHERE subject IN ('parcels/3', 'parcels/4')")
    listing = ("--from-outboxes", "--json", f"--losses={tmp_path}")
    code, said = in_this_process(fed, capsys, *listing, *SWITCH, **settings)
    result = json.loads(said.splitlines()[-1])["result"]
    assert (code, result["switched"], result["loss"]["subjects"]) == (1, False, 2)
    assert result["loss"]["rows"] == {"effects": 2}
    assert effects(url) == all_n
    listed = Path(result["loss"]["file"]).read_bytes()
    assert hashlib.sha256(listed).hexdigest() == result["loss"]["sha256"]
    code, said = in_this_process(
        fed, capsys, "--from-outboxes", "--dry-run", f"--losses={tmp_path}", **settings
    )
    assert code == 0
    assert "History is not complete: 2 subjects" in said
    accept = f"--accept-loss={result['loss']['sha256']}"
    code, _ = in_this_process(fed, capsys, *listing, accept, *SWITCH, **settings)
    assert (code, effects(url)) == (0, all_n - 2)
    # The log holds all of it: a second replay brings back what was accepted as lost.
    assert answer(command(fed, *SWITCH))["result"]["switched"] is True
    assert effects(url) == all_n


def test_the_reader_goes_on_with_what_was_live_before_the_switch(
    fed: RunningService, sorting: RunningService, counting_url: str
) -> None:
    before = effects(counting_url)
    assert answer(command(fed, *SWITCH))["result"]["switched"] is True
    sort(sorting, *range(20_000, 20_010))
    wait_until(lambda: effects(counting_url) == before + 10, deadline=20)
    rows(counting_url, FIRST_GONE)  # the figures of the new copy are wrong
    with events_flowing(sorting, 30_000) as numbers:
        said = answer(command(fed, "--back", *SWITCH))
        since_then = len(numbers)
        wait_until(lambda: len(numbers) > since_then + 5)
    assert said["result"]["switched"] is True
    wait_until(lambda: effects(counting_url) >= before + 10 + len(numbers), deadline=20)
    found = [row.event_id for row in rows(counting_url, "SELECT event_id FROM effects")]
    assert len(found) == len(set(found)) == before + 10 + len(numbers)
    assert [row.action for row in rows(counting_url, "SELECT action FROM inbox_audit ORDER BY id")] == [
        "rebuild",
        "switch_back",
    ]
    counted = "SELECT sum(received) AS n FROM inbox_counts"
    known = "SELECT count(*) AS n FROM inbox WHERE subject IS NOT NULL"
    assert rows(counting_url, counted)[0].n == rows(counting_url, known)[0].n


def test_a_switch_needs_a_name_and_a_reason(
    counting: RunningService, capsys: pytest.CaptureFixture[str]
) -> None:
    code, said = in_this_process(counting, capsys, "--by", "ada")
    assert code == 1
    assert "the reason" in said


def test_a_broker_or_database_that_is_away_is_one_sentence(
    counting: RunningService, capsys: pytest.CaptureFixture[str]
) -> None:
    assert in_this_process(counting, capsys, *SWITCH, AMQP_URI=NOWHERE) == (
        1,
        "The broker does not answer, or not as expected (ConnectionRefusedError).\n",
    )
    away = "postgresql+psycopg2://unknown:nothing@127.0.0.1:1/none"  # pragma: allowlist secret
    assert in_this_process(counting, capsys, *SWITCH, DATABASE_URL=away) == (
        1,
        "The database does not answer, or not as expected (OperationalError).\n",
    )


def test_a_service_that_owns_facts_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    code = rebuild(SortingService, str, ["--json", *SWITCH])
    assert code == 1
    assert json.loads(capsys.readouterr().out)["error"].startswith("Sorting cannot be rebuilt")


def test_a_handler_that_needs_a_running_service_is_refused_before_anything_takes_effect(
    fed: RunningService, counting_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    known = {name.removeprefix("HUB_"): value for name, value in fed.environment.items()}
    before = effects(counting_url)
    known["FOREIGN_SOURCES"] = ""
    assert rebuild(Leaning, known.__getitem__, SWITCH) == 1
    assert "use `database`, which only a running service has" in capsys.readouterr().out
    assert effects(counting_url) == before


def test_subscriptions_are_called_as_a_running_service_calls_them(database: sessionmaker[Session]) -> None:
    from tests.messaging.received import delivery

    Base.metadata.create_all(database.kw["bind"])
    handlers = {type_: handler for handler in handlers_of(CountingService) for type_ in handler.event_classes}
    deliveries: Sequence[Delivery[Any]] = [delivery(1)]
    with database.begin() as session:
        handlers["ParcelSorted"].call(session, deliveries)
        handlers["ParcelWeighed"].call(session, deliveries)
        assert session.scalar(sa.text("SELECT count(*) FROM effects")) == 2
        with pytest.raises(NeedsDependency):
            handlers_of(Leaning)[0].call(session, deliveries)
        handlers_of(Timed)[0].call(session, deliveries)
        assert session.info["counted_at"].tzinfo is UTC
