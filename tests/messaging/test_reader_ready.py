"""A reader's readiness: a state that a failure sets is cleared by the next success of any kind."""

from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError
from tests.messaging.readers import Channel, begun, message, told

from hub_messaging.database_errors import SILENT
from hub_messaging.dispatch import DatabaseAway
from hub_messaging.reader import QueueReader


@pytest.fixture(name="reader")
def _reader(monkeypatch: pytest.MonkeyPatch) -> QueueReader:
    return begun(monkeypatch)


def test_what_no_handler_sees_is_no_further_failure(reader: QueueReader) -> None:
    dispatcher = told(reader)
    dispatcher.degraded = True
    reader._away = "handlers fail one after the other"
    reader._arrived = [message(1)]
    assert reader._work_off(Channel())
    assert reader._away is None


def look(reader: QueueReader) -> str | None:
    """Return the readiness after the next look at stored deliveries."""
    reader._looked_at = 0.0
    reader._look_after_kept()
    return reader._away


def test_an_idle_reader_is_ready_again_as_soon_as_the_database_answers(reader: QueueReader) -> None:
    dispatcher = told(reader)
    dispatcher.kept = DatabaseAway()
    assert look(reader) is not None
    dispatcher.kept = 0
    assert look(reader) is None


def test_so_is_one_that_noticed_it_while_it_healed(reader: QueueReader) -> None:
    def away(_read: Any, _now: float) -> bool:
        raise DatabaseAway

    told(reader)
    reader._healing = SimpleNamespace(step=away)  # type: ignore[assignment]
    reader._heal()
    assert reader._away is not None
    assert look(reader) is None


def test_handlers_that_have_failed_keep_no_idle_reader_from_being_ready(reader: QueueReader) -> None:
    dispatcher = told(reader)
    dispatcher.degraded = dispatcher.fails = True
    reader._arrived = [message(1)]
    assert reader._work_off(Channel())
    assert reader._away is not None
    assert look(reader) is None


def away_because_of(code: str | None) -> DatabaseAway:
    """Return the dispatcher's error when PostgreSQL reports this code, or none."""
    away = DatabaseAway()
    away.__cause__ = OperationalError("", {}, Reported(code))
    return away


class Reported(Exception):
    """An error of psycopg2's."""

    def __init__(self, code: str | None) -> None:
        super().__init__(code)
        self.pgcode = code


def test_a_reader_whose_database_answers_again_is_ready_before_what_is_in_hand_takes_effect(
    reader: QueueReader,
) -> None:
    told(reader, away_because_of(None))
    reader._arrived = [message(1)]
    assert not reader._work_off(Channel())
    assert reader._away == SILENT
    assert look(reader) is None


@pytest.mark.parametrize("code", ["53100", "55P03", "57014", "25006"])
def test_unprocessed_messages_keep_the_reader_unready_whatever_else_succeeds(
    reader: QueueReader, code: str
) -> None:
    told(reader, away_because_of(code))
    reader._arrived = [message(1)]
    assert not reader._work_off(Channel())
    assert look(reader) not in (None, SILENT)


def test_a_reader_that_catches_up_is_ready(reader: QueueReader) -> None:
    told(reader)
    assert reader._away is not None
    reader._take_all([])
    assert reader._away is None
