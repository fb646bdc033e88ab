"""Answers of reporting after it has projected every published event."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final
from urllib.parse import urlencode

from tests.cases.hub import PUBLISHERS, RunningHub
from tests.reporting.reading import Element, read
from tests.support.services import Reply
from tests.support.waiting import wait_until

THIS_YEAR: Final = {"from": "2026-09-01", "to": "2027-08-31"}
LAST_YEAR: Final = {"from": "2025-09-01", "to": "2026-08-31"}


def caught_up(hub: RunningHub) -> None:
    """Wait until reporting has counted in every event that was recorded anywhere."""

    def is_caught_up() -> bool:
        if any(hub.metric(name, "hub_outbox_pending") for name in PUBLISHERS):
            return False
        return bool(hub("GET", "/reporting/v1/freshness").json["events"] >= len(hub.published()))

    wait_until(is_caught_up, deadline=30, interval=0.1)


def ask(
    hub: RunningHub,
    name: str,
    scope: str,
    *,
    as_at: date | None = None,
    period: Mapping[str, str] = THIS_YEAR,
) -> Reply:
    """Ask for a report of this academic year, or of another period."""
    wanted = {**period, "scope": scope} | ({} if as_at is None else {"as_at": str(as_at)})
    return hub("GET", f"/reporting/v1/reports/{name}?{urlencode(wanted)}")


def report(
    hub: RunningHub,
    name: str,
    scope: str,
    *,
    as_at: date | None = None,
    period: Mapping[str, str] = THIS_YEAR,
) -> Any:
    """A report's JSON, once reporting has caught up."""
    caught_up(hub)
    reply = ask(hub, name, scope, as_at=as_at, period=period)
    assert reply.status == 200, reply.body
    return reply.json


def urns(answer: Any) -> set[str]:
    """The schools of a report's rows."""
    return {one["urn"] for one in answer["rows"]}


def dashboard(hub: RunningHub, *, scope: str = "", year: str = "") -> Element:
    """The dashboard under a filter, once reporting has caught up."""
    caught_up(hub)
    reply = hub("GET", f"/?{urlencode({'scope': scope, 'year': year})}")
    assert reply.status == 200, reply.body
    return read(reply.body.decode())


def tile(page: Element, heading: str) -> str:
    """The words of a tile."""
    (found,) = [one for one in page.of_class("tile") if one.every("h2")[0].text == heading]
    return found.text
