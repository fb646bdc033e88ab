"""The same POST sent twice takes effect once: answers kept under the sender's Idempotency-Key.

The answer is kept in the transaction of the change, so that there is never one without the other
(after the IETF draft "The Idempotency-Key HTTP Header Field", draft 07, October 2025).
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session
from werkzeug.wrappers import Request, Response

from hub_platform.access import ANONYMOUS, Actor
from hub_platform.bodies import RAW, read_raw
from hub_platform.problems import Problem, problem_of, response_of

KEPT_FOR = timedelta(hours=24)
AT_A_TIME = timedelta(hours=2)  # how much is deleted at once
KEPT_HEADERS = ("Content-Type", "ETag", "Location")
ROLES = ":roles"  # roles of the sender, stored with the answer's headers; no header has such a name

metadata = sa.MetaData()

idempotency_keys = sa.Table(
    "idempotency_keys",
    metadata,
    sa.Column("actor", sa.Text, primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("fingerprint", sa.Text, nullable=False),  # SHA-256 over method, path, query and body
    sa.Column("status", sa.Integer),
    sa.Column("headers", sa.JSON),
    sa.Column("body", sa.LargeBinary),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, index=True),
)


def create_v1() -> None:
    """Create the table; called from a service's first migration."""
    from alembic import op

    metadata.create_all(op.get_bind())


# Built once: building a statement costs more than sending it.
_MINE = (
    idempotency_keys.c.actor == sa.bindparam("of_actor"),
    idempotency_keys.c.key == sa.bindparam("of_key"),
)
_TAKE = insert(idempotency_keys).on_conflict_do_nothing().returning(idempotency_keys.c.key)
_KNOWN = sa.select(idempotency_keys).where(*_MINE)
_KEEP = (
    sa.update(idempotency_keys)
    .where(*_MINE)
    .values(status=sa.bindparam("status"), headers=sa.bindparam("headers"), body=sa.bindparam("body"))
)
_REPLACE = _KEEP.where(idempotency_keys.c.body == sa.bindparam("first_body"))


@dataclass(frozen=True)
class Attempt:
    """One sending of a request that carries a key."""

    actor: str
    key: str
    fingerprint: str
    roles: frozenset[str] = frozenset()  # of the actor; an answer may hold what only one of them may read

    @property
    def identity(self) -> dict[str, str]:
        """The part of the key that distinguishes senders."""
        return {"of_actor": self.actor, "of_key": self.key}

    @classmethod
    def of(cls, request: Request, actor: Actor, digest: str | None = None) -> "Attempt | None":
        """The attempt that a request is, or None when it carries no key or is a stranger's.

        `digest`: of a body that was read as a stream.

        Raises:
            Problem: 400 `bad_idempotency_key` when the key is empty, long or not printable; 413 for a long
                body that the route does not read.
        """
        key = request.headers.get("Idempotency-Key")
        if key is None or request.method != "POST":
            return None
        if not (1 <= len(key) <= 200 and key.isascii() and key.isprintable()):
            detail = "An Idempotency-Key has 1 to 200 printable ASCII characters."
            raise Problem(400, "bad_idempotency_key", detail)
        if actor is ANONYMOUS:  # strangers have no name: one would be given what another was answered
            return None
        body = read_raw(request, RAW, known=False) if digest is None else digest.encode()
        fingerprint = hashlib.sha256()
        for part in (request.method.encode(), request.full_path.encode(), body):
            fingerprint.update(len(part).to_bytes(8, "big") + part)
        return cls(actor.subject, key, fingerprint.hexdigest(), actor.roles)


def first_answer(session: Session, attempt: Attempt, *, now: datetime) -> Response | None:
    """The answer given before, or None: then the key is held until the end of the transaction.

    `now`: real time.

    Raises:
        Problem: 422 `idempotency_key_reused` when the key came with another request; 403
            `answer_not_readable` when the actor has lost a role since.
    """
    row = {
        "actor": attempt.actor,
        "key": attempt.key,
        "fingerprint": attempt.fingerprint,
        "created_at": now,
    }
    taken = session.connection().execute(_TAKE, row).first()
    if taken is not None:
        return None
    known = session.connection().execute(_KNOWN, attempt.identity).one()
    if known.fingerprint != attempt.fingerprint:
        raise Problem(
            422, "idempotency_key_reused", "This Idempotency-Key was already used for another request."
        )
    headers = dict(known.headers)
    if not attempt.roles.issuperset(headers.pop(ROLES, ())):
        detail = "This request has taken effect; reading its answer needs the roles that you had then."
        raise Problem(403, "answer_not_readable", detail)
    return Response(known.body, known.status, headers=headers)


def repeated(kept: Response, session: Session, work: Callable[[], object]) -> Response:
    """Give a kept answer again, unless its actor may not do this any longer; change nothing.

    An actor can lose responsibility for a thing after the first answer. Only the method knows whose it is, so
    it is run once more and rolled back; any other refusal, such as "already done", does not matter.

    Raises:
        Exception: a refusal of 403, or 503 when the check fails.
    """
    trial = session.begin_nested()
    try:
        work()
    except Exception as exc:
        if problem_of(exc).status in {403, 503}:
            raise
    finally:
        trial.rollback()
    return kept


def keep(session: Session, attempt: Attempt, response: Response) -> None:
    """Keep the answer for the next time the same request comes."""
    session.connection().execute(_KEEP, attempt.identity | _kept(attempt, response))


def replace(session: Session, attempt: Attempt, first: Response, response: Response) -> None:
    """Keep an answer instead of the first one, unless that was erased since."""
    facts = attempt.identity | _kept(attempt, response) | {"first_body": first.get_data()}
    session.connection().execute(_REPLACE, facts)


def erase(session: Session, named: bytes) -> None:
    """Replace every stored answer that contains some bytes, such as a person's id, with a refusal.

    The key stays known, so that the same request, sent once more, still does not take effect again.
    """
    gone = response_of(Problem(410, "answer_erased", "The answer to this request has been erased."))
    session.execute(
        sa.update(idempotency_keys)
        .where(sa.func.position(sa.literal(named, sa.LargeBinary).op("IN")(idempotency_keys.c.body)) > 0)
        .values(
            status=gone.status_code,
            headers={"Content-Type": gone.headers["Content-Type"]},
            body=gone.get_data(),
        )
    )


def _kept(attempt: Attempt, response: Response) -> dict[str, object]:
    headers: dict[str, object] = {n: response.headers[n] for n in KEPT_HEADERS if n in response.headers}
    headers[ROLES] = sorted(attempt.roles)
    return {"status": response.status_code, "headers": headers, "body": response.get_data()}


def forget(session: Session, before: datetime) -> None:
    """Delete the answers kept before an instant, but no more than the oldest two hours of them.

    Called every hour, that keeps up, and a wrong clock cannot empty the table: a request that is sent again
    would take effect again.
    """
    oldest = sa.select(sa.func.min(idempotency_keys.c.created_at)).scalar_subquery()
    until = sa.func.least(before, oldest + AT_A_TIME)
    session.execute(sa.delete(idempotency_keys).where(idempotency_keys.c.created_at < until))
