"""Commands as a test sends them, and the player that does so."""

import contextlib
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from tests.demonstration.stub import Stub

from hub_demo.commands import Command
from hub_demo.play import Player

MORNING = datetime(2025, 9, 4, 9, tzinfo=UTC)
TEACHERS = "/enrolment/v1/teachers"
LEADERS = "/enrolment/v1/leaders"
ASSIGNMENTS = "/visits/v1/assignments"
REGISTER = "/enrolment/v1/sessions/id-1/register"


def player(stub: Stub, **changes: Any) -> contextlib.closing[Player]:
    return contextlib.closing(
        Player(**({"addresses": stub.addresses, "token": "a.b.c", "seed": "test"} | changes))
    )


def command(key: str, path: str = TEACHERS, **changes: Any) -> Command:
    made = Command(
        key=key, at=MORNING, service="enrolment", method="POST", path=path, body={"key": key}, lane=key
    )
    return replace(made, **changes)


def play(stub: Stub, *commands: Command, **changes: Any) -> list[int]:
    left: list[int] = []
    with player(stub, **changes) as one:
        one.play(commands, left.append)
    return left
