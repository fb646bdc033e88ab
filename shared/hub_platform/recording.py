"""Records requests, and RPC requests of other services, in the table `audit`.

Each change is recorded, and each answer that its route calls personal, in the transaction of the request. A
refused request of a known account is recorded in a transaction of its own, because its own is rolled back.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import datetime
from functools import partial
from ipaddress import ip_address
from typing import TYPE_CHECKING, Final
from uuid import UUID

import structlog
from werkzeug.wrappers import Request, Response

from hub_platform import audit
from hub_platform.access import ANONYMOUS, READING, Actor, named_in_log
from hub_platform.audit import DONE, FAILED, REFUSED, REPEATED, Entry
from hub_platform.calls import Call
from hub_platform.context import context_of
from hub_platform.database import Sessions
from hub_platform.deadlines import within
from hub_platform.problems import Problem
from hub_platform.web import HubRequest

if TYPE_CHECKING:
    from hub_platform.routes import Route

MOST_IDS: Final = 1_000  # in one row; `left_out` tells how many more there were
LEFT_OUT: Final = "left_out"
REFUSAL_SECONDS: Final = 3.0  # for the row of a refused request, which waits for it
# Refusals that are not recorded: the rate limit, which is to spare the database, and 503, when the database
# or the service cannot accept more. Both are logged and counted.
UNRECORDED: Final = frozenset({429, 503})
RPC: Final = "RPC"
UNKNOWN_SERVICE: Final = "unknown service"

_ID: Final = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
# A member of a JSON answer that holds an id. Quotes inside a text are escaped, so no text looks like one.
_ID_IN_JSON: Final = re.compile(rf'"(\w*_id)": "({_ID})"'.encode())

log = structlog.get_logger(__name__)


def is_recorded(method: str, *, personal: bool) -> bool:
    """Whether requests of a route are recorded: all changes, and reads of personal data."""
    return personal or method not in READING


def record(route: "Route", call: Call[object], response: Response, *, repeated: bool = False) -> None:
    """Record what a `Route` has answered, in the transaction of `call`.

    `repeated`: the answer was stored under an Idempotency-Key and is given again.
    """
    if not route.recorded:
        return
    noted = call.session.info
    actor = noted.pop(audit.ACTS_AS, call.actor)
    outcome = REPEATED if repeated else _outcome(response.status_code)
    if actor is ANONYMOUS and outcome == REFUSED:
        return
    subjects = _Subjects(getattr(route.container.service_cls, "named_in_audit", frozenset()))
    subjects.add_members({**call.query, **call.path})
    subjects.add_members(_members(call.command))
    for name, ids in noted.pop(audit.ALSO, {}).items():
        subjects.add(name, ids)
    if response.mimetype == "application/json":
        for name, found in _ID_IN_JSON.findall(response.get_data()):
            subjects.add(name.decode(), [found.decode()])
    entry = _entry(route, call.request, actor, noted.get("correlation_id"))
    row = entry(subjects=subjects.listed(), outcome=outcome, status=response.status_code)
    audit.write(call.session, row, now=call.real_now)


def record_after(route: "Route", call: Call[object], response: Response) -> None:
    """Record an answer that was made after its transaction, before it leaves."""
    if route.recorded:
        with context_of(route.container).sessions.begin() as session:
            session.info.update(call.session.info)
            record(route, replace(call, session=session), response)


def record_refusal(route: "Route", request: HubRequest, problem: Problem) -> None:
    """Record a request to a `Route` that was refused or has failed, unless its sender is not known.

    A failure to record it is logged: the refusal stands, and nothing was changed.
    """
    if not route.recorded or request.actor is ANONYMOUS or problem.status in UNRECORDED:
        return
    subjects = _Subjects(frozenset())  # texts of a refused request may be anything
    subjects.add_members(request.path_values)
    entry = _entry(route, request, request.actor, request.correlation_id)
    row = entry(
        subjects=subjects.listed(),
        outcome=_outcome(problem.status),
        status=problem.status,
        code=problem.code,
    )
    context = context_of(route.container)
    try:
        with (
            within(REFUSAL_SECONDS),
            context.shares.turn(request.actor.subject),  # many refusals must not hold all connections
            context.sessions.begin() as session,
        ):
            audit.write(session, row, now=context.clocks.real())
    except Exception as exc:  # noqa: BLE001 - whatever it is, the refusal must be answered
        log.error("audit_not_written", route=route.url, status=problem.status, error=type(exc).__name__)


def question_recorder(sessions: Sessions, now: Callable[[], datetime]) -> Callable[..., None]:
    """Make what records an answered question of another service, before its answer leaves.

    Where the row cannot be written, the question is answered with that error, and nothing is given away.
    """

    def record_question(
        route: str, arguments: Mapping[str, object], *, asked_by: str | None, correlation_id: str | None
    ) -> None:
        subjects = _Subjects(frozenset())
        subjects.add_members(arguments)
        entry = Entry(
            account=asked_by or UNKNOWN_SERVICE,
            method=RPC,
            route=route,
            subjects=subjects.listed(),
            outcome=DONE,
            correlation_id=correlation_id,
        )
        with sessions.begin() as session:
            audit.write(session, entry, now=now())

    return record_question


def _entry(
    route: "Route", request: Request, actor: Actor, correlation_id: str | None
) -> Callable[..., Entry]:
    """An entry with what every request tells; the rest is to be given."""
    return partial(
        Entry,
        method=route.method,
        route=route.url,
        account=named_in_log(actor),
        roles=actor.roles,
        address=_address(request.remote_addr),
        correlation_id=correlation_id,
    )


def _outcome(status: int) -> str:
    return DONE if status < 400 else REFUSED if status < 500 else FAILED


def _address(text: str | None) -> str | None:
    """An IP address as PostgreSQL takes it: without a zone, IPv4 as such."""
    try:
        known = ip_address((text or "").partition("%")[0])
    except ValueError:
        return None
    return str(getattr(known, "ipv4_mapped", None) or known)


def _members(command: object) -> dict[str, object]:
    if not is_dataclass(command) or isinstance(command, type):
        return {}
    return {one.name: getattr(command, one.name) for one in fields(command)}


class _Subjects:
    """Ids by their names, each once, in the order in which they were found."""

    def __init__(self, named: frozenset[str]) -> None:
        self._named = named
        self._ids: dict[str, dict[str, None]] = {}

    def add_members(self, members: Mapping[str, object]) -> None:
        """Add the ids among some values: UUIDs, and whatever the members `named` hold."""
        for name, value in members.items():
            if isinstance(value, list | tuple | set | frozenset):
                self.add(name.removesuffix("s"), filter(None, map(self._id(name), value)))
            elif (found := self._id(name)(value)) is not None:
                self.add(name, [found])

    def add(self, name: str, ids: Iterable[str]) -> None:
        """Add ids under a name, each once."""
        if found := dict.fromkeys(ids):
            self._ids.setdefault(name, {}).update(found)

    def listed(self) -> dict[str, list[str]]:
        """At most MOST_IDS of them."""
        room, listed = MOST_IDS, {}
        for name, ids in self._ids.items():
            listed[name] = list(ids)[:room]
            room -= len(listed[name])
        if left_out := sum(map(len, self._ids.values())) - (MOST_IDS - room):
            listed[LEFT_OUT] = [str(left_out)]
        return listed

    def _id(self, name: str) -> Callable[[object], str | None]:
        def read(value: object) -> str | None:
            if isinstance(value, UUID) or (isinstance(value, str) and re.fullmatch(_ID, value)):
                return str(value)
            return str(value) if name in self._named and isinstance(value, str | int) else None

        return read
