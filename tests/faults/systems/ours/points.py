"""Changes to the product under test: points at which a program kills itself, and a wrong clock."""

import sys
from datetime import datetime, timedelta, tzinfo
from typing import Any, Self

import amqp
from sqlalchemy import event
from sqlalchemy.orm import Session
from tests.faults.systems.setting import Killer, Setting
from uuid_utils.compat import uuid7

from hub_messaging import log_repair, outbox, subscribe, wall_clock, wire
from hub_messaging.topology import exchange_of
from hub_platform import clocks

PRODUCT = ("hub_messaging.", "hub_platform.")
_killers: list[Killer] = []


def set_up(setting: Setting) -> None:
    """Prepare this process: its heartbeat, and where it ends."""
    for module in (wire, subscribe):
        assert hasattr(module, "HEARTBEAT_SECONDS")
        module.HEARTBEAT_SECONDS = setting.heartbeat  # type: ignore[attr-defined]  # not final in a test
    if setting.mark_seconds:
        for wait in ("BETWEEN_REPAIRS", "HOPELESS_SECONDS"):
            assert hasattr(log_repair, wait)
            vars(log_repair)[wait] = setting.mark_seconds
    if setting.clock_days:
        shift_clock(timedelta(days=setting.clock_days))
    killer = Killer(setting)
    _killers[:] = [killer]
    if killer.waits_at("before_publish"):
        _watch_publishing(killer)
    if killer.waits_at("after_publish"):
        _watch_noting(killer)
    event.listen(Session, "after_commit", _on_commit)


def shift_clock(wrong: timedelta) -> None:
    """Have every instant that the product asks the machine for, and every id made of one, be wrong.

    The database has a clock of its own, which stays right.
    """

    class Shifted(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Self:
            return super().now(tz) + wrong

    for asks in (wall_clock, clocks):
        assert hasattr(asks, "datetime")
        vars(asks)["datetime"] = Shifted
    for name, makes in list(sys.modules.items()):
        if name.startswith(PRODUCT) and "uuid7" in vars(makes):
            vars(makes)["uuid7"] = lambda: uuid7(nanoseconds=int(Shifted.now().timestamp() * 1e9))


def effect_noted(session: Session) -> None:
    """One more effect is in the transaction, which is not committed."""
    session.info["effects"] = session.info.get("effects", 0) + 1
    _killers[0].reached("before_commit")


def _on_commit(session: Session) -> None:
    # This is called for a savepoint, too, and only the outermost transaction is a commit.
    if not session.in_nested_transaction():
        _killers[0].reached("after_commit", session.info.pop("effects", 0))


def _watch_noting(killer: Killer) -> None:
    """Reach the point at which confirmed events are about to be marked as published."""
    original = outbox.mark_published

    def mark_published(*arguments: Any) -> None:
        killer.reached("after_publish")
        original(*arguments)

    vars(outbox)["mark_published"] = mark_published


def _watch_publishing(killer: Killer) -> None:
    original = amqp.Channel._basic_publish

    def basic_publish(channel: Any, msg: Any, exchange: str = "", *rest: Any, **named: Any) -> Any:
        if exchange == exchange_of("publisher"):
            killer.reached("before_publish")
        return original(channel, msg, exchange, *rest, **named)

    amqp.Channel._basic_publish = basic_publish
    amqp.Channel.basic_publish = basic_publish
