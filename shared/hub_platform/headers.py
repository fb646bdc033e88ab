"""Read request headers: hub time, ids for logs, the revision on which a change is based."""

import re
from datetime import UTC, datetime
from typing import Final

from werkzeug.datastructures import Authorization
from werkzeug.wrappers import Request

from hub_platform.bounds import far_off
from hub_platform.clocks import LONGEST_JUMP, HubClock, JumpRefused, SettableClock
from hub_platform.problems import Problem

REQUEST_ID: Final = re.compile(r"[A-Za-z0-9._:-]{1,100}")
TRACEPARENT: Final = re.compile(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")
# Of an ETag of ours: a count of changes, as the database keeps it; quotes are forgiven.
REVISION: Final = re.compile(r"\"?([0-9]{1,9})\"?", re.ASCII)


def read_now(request: Request, clock: HubClock, *, known: bool) -> datetime:
    """The instant at which a request is decided: that of its Hub-Time header, or else hub time.

    A header of a known sender that is later than hub time sets the clock.

    Raises:
        Problem: 400 `hub_time_refused`, `bad_hub_time` or `hub_time_too_far_ahead`.
    """
    header = request.headers.get("Hub-Time")
    if header is None:
        return clock.now()
    if not isinstance(clock, SettableClock):
        raise Problem(400, "hub_time_refused", "This deployment does not accept Hub-Time.")
    instant = _instant(header)
    try:
        if known:
            clock.follow(instant)
    except JumpRefused as exc:
        detail = f"Hub-Time is more than {LONGEST_JUMP.days} days ahead of the hub's time."
        raise Problem(400, "hub_time_too_far_ahead", detail) from exc
    return instant


def _instant(text: str) -> datetime:
    refused = Problem(400, "bad_hub_time", "Hub-Time is an ISO 8601 instant with an offset.")
    try:
        instant = datetime.fromisoformat(text)
        if instant.tzinfo is None or far_off({"": instant}):
            raise refused
        return instant.astimezone(UTC)
    except (ValueError, OverflowError) as exc:
        raise refused from exc


def read_authorization(request: Request) -> Authorization | None:
    """The credential of the Authorization header; None where there is none, or nothing that can be read."""
    try:
        return request.authorization
    except ValueError:  # werkzeug: Basic with bytes that are not ASCII
        return None


def read_request_id(request: Request) -> str | None:
    """The sender's X-Request-ID, when it is no more than an id: it goes into logs and events."""
    header = request.headers.get("X-Request-ID", "")
    return header if REQUEST_ID.fullmatch(header) else None


def read_traceparent(request: Request) -> str | None:
    """The trace that the request belongs to (W3C Trace Context, November 2021, section 3.2)."""
    header = request.headers.get("traceparent", "")
    return header if TRACEPARENT.fullmatch(header) else None


def read_expected(request: Request) -> int | None:
    """The revision that a change is based on.

    Raises:
        Problem: 428 `if_match_required` when a PUT or PATCH names none; 412 `stale` for a strange ETag.
    """
    header, none = request.headers.get("If-Match"), request.headers.get("If-None-Match")
    if none == "*" and header is None:
        return 0
    if none is not None and request.method in {"PUT", "PATCH"}:
        raise Problem(412, "stale", "If-None-Match must be * and cannot be combined with If-Match.")
    if header is None:
        if request.method in {"PUT", "PATCH"}:
            raise Problem(
                428,
                "if_match_required",
                "Send If-Match with the ETag that you read, or If-None-Match: * to create.",
            )
        return None
    # A weak ETag never matches here (RFC 9110, June 2022, section 13.1.1).
    tag = REVISION.fullmatch(header.strip())
    if tag is None:
        raise Problem(412, "stale", "The ETag in If-Match is not one of this resource.")
    return int(tag.group(1))
