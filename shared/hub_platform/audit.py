"""The audit: who did what, when and from where, in a table of each service; its rows and their retention.

A row holds ids, a route and an address: no name, no contact, no text that a person typed. `recording.py`
makes the rows of requests and questions.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, cast
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, INET, JSONB
from sqlalchemy.orm import Session

from hub_platform.access import Actor, named_in_log
from hub_platform.database import UtcDateTime

DONE: Final = "done"
REPEATED: Final = "repeated"  # the answer stored under an Idempotency-Key was given again
REFUSED: Final = "refused"  # by a rule, a role or a schema; nothing was changed
FAILED: Final = "failed"  # an error of the service; nothing was changed
OUTCOMES: Final = (DONE, REPEATED, REFUSED, FAILED)

ADDRESS_KEPT_FOR: Final = timedelta(days=30)  # whole; then the network alone
KEPT_FOR: Final = timedelta(days=800)  # two years and the term after them
AT_A_TIME: Final = timedelta(days=1)  # how much one turn of the hourly work shortens or deletes

ACTS_AS: Final = "audited_account"  # in Session.info
ALSO: Final = "audited_subjects"

metadata = sa.MetaData()

audit = sa.Table(
    "audit",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
    sa.Column("at", UtcDateTime, nullable=False),  # real time
    sa.Column("account", sa.Text, nullable=False),  # subject of the token, or the service that asks
    sa.Column("roles", ARRAY(sa.Text), nullable=False),
    sa.Column("method", sa.Text, nullable=False),  # of HTTP, or RPC
    sa.Column("route", sa.Text, nullable=False),  # its template, or <service>.<method> of a question
    sa.Column("subjects", JSONB, nullable=False),  # name → list of ids
    sa.Column("outcome", sa.Text, nullable=False),
    sa.Column("status", sa.SmallInteger),  # of HTTP
    sa.Column("code", sa.Text),  # of the problem
    sa.Column("address", INET),
    sa.Column("address_shortened", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("correlation_id", sa.Text),  # the X-Request-ID, also of the events that followed
    sa.CheckConstraint("outcome IN ('done', 'repeated', 'refused', 'failed')", name="ck_audit_outcome"),
    sa.Index("ix_audit_at", "at"),
    sa.Index(
        "ix_audit_whole_addresses",
        "at",
        postgresql_where=sa.text("address IS NOT NULL AND NOT address_shortened"),
    ),
)


def create_v1() -> None:
    """Create the table; called from a migration of each service."""
    from alembic import op

    metadata.create_all(op.get_bind())


def drop_v1() -> None:
    """Drop the table."""
    from alembic import op

    metadata.drop_all(op.get_bind())


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One row. `subjects` maps the name of an id, such as `group_id`, to the ids that were concerned."""

    account: str
    roles: frozenset[str] = frozenset()
    method: str
    route: str
    subjects: Mapping[str, list[str]] = field(default_factory=dict)
    outcome: str
    status: int | None = None
    code: str | None = None
    address: str | None = None
    correlation_id: str | None = None


# As text for the driver: with SQLAlchemy's own insert a command takes 50 µs more processor time.
_WRITE: Final = """
INSERT INTO audit
  (at, account, roles, method, route, subjects, outcome, status, code, address, correlation_id)
VALUES
  (%(at)s, %(account)s, %(roles)s, %(method)s, %(route)s, %(subjects)s, %(outcome)s, %(status)s, %(code)s,
  %(address)s, %(correlation_id)s)
"""
_WHOLE: Final = (audit.c.address.is_not(None), ~audit.c.address_shortened)
_NETWORK_BITS: Final = sa.case((sa.func.family(audit.c.address) == 4, 24), else_=48)


def write(session: Session, entry: Entry, *, now: datetime) -> None:
    """Write an entry in the transaction of what it tells of. `now`: real time."""
    row = vars(entry) | {"at": now, "roles": sorted(entry.roles), "subjects": json.dumps(entry.subjects)}
    session.connection().exec_driver_sql(_WRITE, row)


def acts_as(session: Session, actor: Actor) -> None:
    """Name the account of a request that came without a credential and shows one in its body: a sign-in."""
    session.info[ACTS_AS] = actor


def concerns(session: Session, name: str, ids: Iterable[UUID]) -> None:
    """Name ids that a request concerns and that stand neither in it nor in a JSON answer, as in a PDF."""
    session.info.setdefault(ALSO, {}).setdefault(name, []).extend(map(str, ids))


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which rows to read; None leaves a condition out."""

    since: datetime | None = None
    until: datetime | None = None  # not included
    account: str | None = None  # as the token names it
    subject: str | None = None  # an id, whatever it is called
    route: str | None = None  # a part of it
    outcome: str | None = None


def selected(wanted: Wanted) -> "sa.Select[*tuple[object, ...]]":
    """Select rows in the order of time."""
    statement = sa.select(audit).order_by(audit.c.at, audit.c.id)
    if wanted.since is not None:
        statement = statement.where(audit.c.at >= wanted.since)
    if wanted.until is not None:
        statement = statement.where(audit.c.at < wanted.until)
    if wanted.account is not None:
        statement = statement.where(audit.c.account == named_in_log(Actor(wanted.account)))
    if wanted.subject is not None:
        among = sa.func.jsonb_path_exists(
            audit.c.subjects, sa.text("'$.*[*] ? (@ == $id)'"), sa.cast({"id": wanted.subject}, JSONB)
        )
        statement = statement.where(among)
    if wanted.route is not None:
        statement = statement.where(audit.c.route.contains(wanted.route, autoescape=True))
    if wanted.outcome is not None:
        statement = statement.where(audit.c.outcome == wanted.outcome)
    return statement


def shorten(session: Session, now: datetime) -> int:
    """Keep the network alone of addresses older than 30 days: 24 bits of IPv4, 48 of IPv6.

    No more than the oldest day of whole addresses is shortened in one call, so that a wrong clock cannot
    shorten all of them. Returns the number of rows.
    """
    network = sa.cast(sa.func.network(sa.func.set_masklen(audit.c.address, _NETWORK_BITS)), INET)
    changed = sa.update(audit).where(*_WHOLE, audit.c.at < _until(now - ADDRESS_KEPT_FOR, *_WHOLE))
    return _count(session, changed.values(address=network, address_shortened=True))


def forget(session: Session, now: datetime) -> int:
    """Delete rows older than 800 days, the oldest day of them in one call. Returns their number."""
    return _count(session, sa.delete(audit).where(audit.c.at < _until(now - KEPT_FOR)))


def _until(before: datetime, *of: sa.ColumnElement[bool]) -> sa.ColumnElement[datetime]:
    """The end of the oldest day of rows, but no later than `before`, nor than PostgreSQL's clock."""
    oldest = sa.select(sa.func.min(audit.c.at)).where(*of).scalar_subquery()
    return sa.func.least(before, sa.func.now(), oldest + sa.literal(AT_A_TIME, sa.Interval))


def _count(session: Session, statement: sa.Update | sa.Delete) -> int:
    return cast("sa.CursorResult[object]", session.execute(statement)).rowcount
