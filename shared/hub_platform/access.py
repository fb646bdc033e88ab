"""Who is asking: bearer tokens (JWT, RFC 7519) signed with Ed25519, checked offline against one public key.

Which roles exist and what they may do is each service's own business (its `access.py`).
"""

import json
import time
import warnings
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from joserfc import jwt
from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwk import OKPKey
from werkzeug.wrappers import Request

from hub_platform.problems import Problem
from hub_platform.revoked import Revoked, Unreadable

ANYONE: Final = frozenset({"anyone"})  # no credential needed: health probes and the sign-in page only
SIGNED_IN: Final = frozenset({"signed in"})  # any valid credential

SESSION_COOKIE: Final = "hub_session"
AUDIENCE: Final = "hub"
# RFC 9864 (2025) names the algorithm Ed25519; issuers that still say EdDSA are understood.
ALGORITHMS: Final = ["Ed25519", "EdDSA"]
REMEMBERED_TOKENS: Final = 1_000


@dataclass(frozen=True)
class Actor:
    """Whoever sent the request."""

    subject: str
    roles: frozenset[str] = frozenset()


NOBODY: Final = Actor("anonymous")


class Known(NamedTuple):
    """A token that was checked before."""

    actor: Actor
    expires: float  # seconds since 1970
    id: str | None


@dataclass
class TokenCheck:
    """Checks tokens against the deployment's public key, and remembers those seen until they expire."""

    public_key: OKPKey
    revoked: Revoked = field(default_factory=lambda: Revoked(None))
    _seen: dict[str, Known] = field(default_factory=dict)

    @classmethod
    def from_jwk(cls, text: str, revoked: Revoked | None = None) -> "TokenCheck":
        """Read the key from its JSON Web Key form (RFC 8037, January 2017)."""
        return cls(OKPKey.import_key(json.loads(text)), revoked or Revoked(None))

    def actor(self, token: str) -> Actor:
        """The holder of a token.

        Raises:
            Problem: 401 `invalid_token` when it is forged, malformed, expired, revoked or for another
                audience; 503 `revocations_unreadable`.
        """
        known = self._seen.get(token)
        if known is None:
            known = self._decode(token)
            if len(self._seen) >= REMEMBERED_TOKENS:
                self._seen.clear()
            self._seen[token] = known
        if known.expires <= time.time():
            raise unauthorised("invalid_token", "The token has expired.")
        if self._is_revoked(known.id):
            raise unauthorised("invalid_token", "The token was revoked.")
        return known.actor

    def _is_revoked(self, token_id: str | None) -> bool:
        try:
            return self.revoked.holds(token_id)
        except Unreadable:
            raise Problem(
                503, "revocations_unreadable", "Whether the token was revoked cannot be told; try again."
            ) from None

    def _decode(self, token: str) -> Known:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter(
                    "ignore", SecurityWarning
                )  # the old algorithm name is accepted on purpose
                claims = jwt.decode(token, self.public_key, algorithms=ALGORITHMS).claims
            jwt.JWTClaimsRegistry(
                sub={"essential": True}, exp={"essential": True}, aud={"essential": True, "value": AUDIENCE}
            ).validate(claims)
            actor = Actor(str(claims["sub"]), frozenset(map(str, claims.get("roles", ()))))
            return Known(actor, float(claims["exp"]), claims.get("jti"))
        except (JoseError, ValueError, TypeError) as exc:
            raise unauthorised("invalid_token", "The token is not valid here, or has expired.") from exc


def unauthorised(code: str, detail: str) -> Problem:
    """401 with the challenge that RFC 6750 asks for."""
    return Problem(401, code, detail, headers={"WWW-Authenticate": "Bearer"})


def identify(request: Request, check: TokenCheck) -> Actor:
    """Find who is asking, from the Authorization header or, for reading pages only, the session cookie.

    Raises:
        Problem: 401 `no_token` or `invalid_token`.
    """
    authorization = request.authorization
    if authorization is not None and authorization.type == "bearer" and authorization.token:
        return check.actor(authorization.token)
    cookie = request.cookies.get(SESSION_COOKIE)
    if cookie and request.method in {"GET", "HEAD"}:
        return check.actor(cookie)
    raise unauthorised("no_token", "Send a token: Authorization: Bearer …")


def admit(actor: Actor, allow: frozenset[str]) -> None:
    """Let the actor pass or say no.

    Raises:
        Problem: 403 `forbidden`.
    """
    if allow == SIGNED_IN or actor.roles & allow:
        return
    raise Problem(403, "forbidden", f"This needs one of the roles: {', '.join(sorted(allow))}.")
