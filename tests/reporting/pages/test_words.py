"""Texts of the pages: scopes in sentences, and items about events and messages."""

from typing import Any

import pytest
from tests.reporting.conftest import Receive
from tests.reporting.factories import an_id
from tests.reporting.looking import page_of

from hub_contracts.notifications import MessageFailed
from hub_messaging.tables import inbox
from hub_platform.database import Sessions
from hub_reporting.config import Options
from hub_reporting.domain.scopes import Scope
from hub_reporting.pages.words import schools_of


@pytest.mark.parametrize(
    ("scope", "name", "text"),
    [
        (Scope("connected"), "Fenland", "connected schools"),
        (Scope("hub"), "the hub's area: Fenland and Norfolk", "schools in the hub's area"),
        (
            Scope("hub"),
            "the hub's area (the hub has not been described yet)",
            "schools in the hub's area (the hub has not been described yet)",
        ),
        (Scope("la", "873"), "Fenland", "schools in Fenland"),
        (Scope("trust", "17047"), "Fenland", "schools of Fenland"),
        (Scope("phase", "secondary"), "Fenland", "secondary schools"),
        (Scope("phase", "unknown"), "Fenland", "schools whose phase is not known"),
    ],
)
def test_scope_in_a_sentence(scope: Scope, name: str, text: str) -> None:
    assert schools_of(scope, name) == text


def failed(number: int) -> MessageFailed:
    return MessageFailed(
        message_id=an_id(f"message {number}"),
        template="visit_planned",
        recipient_ref="a teacher",
        dedupe_key=f"visit:{number}",
        reason="mailbox_unavailable",
        attempts=5,
    )


def park(sessions: Sessions, number: int) -> None:
    """Park a number of deliveries."""
    row = {
        "subscription": "reporting.in",
        "source": "/hubs/cambridge/visits",
        "state": "parked",
        "body": b"?",
    }
    with sessions.begin() as session:
        session.execute(inbox.insert(), [row | {"event_id": str(n)} for n in range(number)])


@pytest.mark.parametrize(
    ("parked", "failures", "text"),
    [
        (0, 0, []),
        (1, 0, ["1 event of the whole hub could not be counted"]),
        (
            2,
            1,
            [
                "2 events of the whole hub could not be counted",
                "1 message of the whole hub could not be sent",
            ],
        ),
    ],
)
def test_parked_events_and_failed_messages_are_listed(
    sessions: Sessions, options: Options, receive: Receive, parked: int, failures: int, text: list[str]
) -> None:
    receive([failed(number) for number in range(failures)])
    if parked:
        park(sessions, parked)
    words: Any = page_of(sessions, options).one("attention").text
    for sentence in ("could not be counted", "could not be sent"):
        assert words.count(sentence) == sum(sentence in one for one in text)
    for one in text:
        assert one in words
