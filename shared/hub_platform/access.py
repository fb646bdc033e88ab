"""Authentication: bearer tokens (JWT, RFC 7519) signed with Ed25519, checked offline against one public key.

Each service defines its roles and their permissions in its own `access.py`.
"""

import hashlib
import json
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from joserfc import jwt
from joserfc.errors import SecurityWarning
from joserfc.jwk import OKPKey
from werkzeug.wrappers import Request

from hub_platform.bounds import is_text
from hub_platform.clocks import real_now
from hub_platform.headers import read_authorization
from hub_platform.issuer import MALFORMED, Issuer
from hub_platform.problems import Problem
from hub_platform.revoked import Revoked, Unreadable

ANYONE: Final = frozenset({"anyone"})  # no credential needed: health probes and the sign-in page only
SIGNED_IN: Final = frozenset({"signed in"})  # any valid credential

READING: Final = frozenset({"GET", "HEAD"})
COOKIE_PREFIX: Final = "hub_session_"
AUDIENCE: Final = "hub"
SIGN_IN_AUDIENCE: Final = "hub/sign-in"  # of a link's token, which opens one session and no route
# RFC 9864 (2025) names the algorithm Ed25519; issuers that still say EdDSA are understood.
ALGORITHMS: Final = ["Ed25519", "EdDSA"]
REMEMBERED_TOKENS: Final = 1_000
FOR_EVER: Final = 1e11  # seconds since 1970: the year 5138


@dataclass(frozen=True)
class Actor:
    """The sender of a request, with the roles of their credential."""

    subject: str
    roles: frozenset[str] = frozenset()


ANONYMOUS: Final = Actor("anonymous")


SessionCheck = Callable[[str], Actor]  # from a session cookie to its holder; raises Problem 401


@dataclass(frozen=True)
class SignIn:
    """A browser session that a token permits."""

    actor: Actor
    token_id: str | None
    ends: float  # seconds since 1970, at which the session ends at the latest
    once: bool  # whether the token opens one session only


class Known(NamedTuple):
    """A cached token."""

    actor: Actor
    expires: float  # seconds since 1970
    id: str | None


@dataclass
class TokenCheck:
    """Checks tokens by the public key of the deployment or of an issuer, and caches the results."""

    public_key: OKPKey
    revoked: Revoked = field(default_factory=lambda: Revoked(None))
    issuer: Issuer | None = None  # of people's tokens, if there is one
    _seen: dict[str, Known] = field(default_factory=dict)

    @classmethod
    def from_jwk(
        cls, text: str, revoked: Revoked | None = None, issuer: Issuer | None = None
    ) -> "TokenCheck":
        """Read the key from its JSON Web Key form (RFC 8037, January 2017)."""
        return cls(OKPKey.import_key(json.loads(text)), revoked or Revoked(None), issuer)

    def actor(self, token: str) -> Actor:
        """Return the holder of a token.

        Raises:
            Problem: 401 `invalid_token` when it is forged, malformed, expired, revoked or for another
                audience; 503 `revocations_unreadable`.
        """
        known = self._seen.get(token)
        if known is None:
            known = known_from(self._bearer(token))
            if len(self._seen) >= REMEMBERED_TOKENS:
                self._seen.clear()
            self._seen[token] = known
        if known.expires <= real_now().timestamp():
            raise unauthorised("invalid_token", "The token has expired.")
        if self.revokes(known.id):
            raise unauthorised("invalid_token", "The token was revoked.")
        return known.actor

    def sign_in(self, token: str) -> SignIn:
        """Return the session that a sign-in link or a pasted bearer token permits.

        Raises:
            Problem: as `actor`.
        """
        try:
            claims = self._claims(token, SIGN_IN_AUDIENCE)
            found, ends, once = known_from(claims), _ends(claims.get("session_ends")), True
        except Problem:
            claims = self._bearer(token)
            found, once = known_from(claims), False
            ends = found.expires
        if self.revokes(found.id):
            raise unauthorised("invalid_token", "The token was revoked.")
        return SignIn(found.actor, found.id, ends, once)

    def revokes(self, token_id: str | None) -> bool:
        """Return whether a token was revoked.

        Raises:
            Problem: 503 `revocations_unreadable`.
        """
        try:
            return self.revoked.holds(token_id)
        except Unreadable:
            raise Problem(
                503, "revocations_unreadable", "The list of revoked tokens cannot be read; try again."
            ) from None

    def _bearer(self, token: str) -> Mapping[str, object]:
        """Return the claims of a bearer token, of the hub or of the issuer."""
        try:
            return self._claims(token, AUDIENCE)
        except Problem:
            if self.issuer is None:
                raise
            try:
                return self.issuer.claims(token)
            except ValueError:
                pass
            raise

    def _claims(self, token: str, audience: str) -> Mapping[str, object]:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter(
                    "ignore", SecurityWarning
                )  # the old algorithm name is accepted on purpose
                claims = jwt.decode(token, self.public_key, algorithms=ALGORITHMS).claims
            jwt.JWTClaimsRegistry(
                sub={"essential": True}, exp={"essential": True}, aud={"essential": True, "value": audience}
            ).validate(claims)
            return dict(claims)
        except MALFORMED as exc:
            raise unauthorised("invalid_token", "The token is invalid here, or has expired.") from exc


def known_from(claims: Mapping[str, object]) -> Known:
    """Return the holder in the claims of a token whose signature is valid.

    Raises:
        Problem: 401 `invalid_token`: a claim is not of its type.
    """
    subject, roles, token_id = claims["sub"], claims.get("roles", []), claims.get("jti")
    if not (
        isinstance(subject, str)
        and subject
        and is_text(subject)
        and isinstance(roles, list)
        and all(isinstance(role, str) for role in roles)
        and isinstance(token_id, str | None)
    ):
        raise unauthorised("invalid_token", "The token names no subject, or no list of roles.")
    return Known(Actor(subject, frozenset(roles)), _ends(claims["exp"]), token_id)


def _ends(value: object) -> float:
    """Return an instant in seconds since 1970.

    Raises:
        Problem: 401 `invalid_token`: the value is not an instant.
    """
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < FOR_EVER:
        raise unauthorised("invalid_token", "The token has no valid expiry.")
    return float(value)


def unauthorised(code: str, detail: str) -> Problem:
    """Return a 401 with the challenge that RFC 6750 requires."""
    return Problem(401, code, detail, headers={"WWW-Authenticate": "Bearer"})


def session_cookie(deployment: str) -> str:
    """Name the cookie of a deployment's sessions.

    Browsers send a cookie to every port of a host: with one name for all, a demonstration next to a real hub
    would end the sessions of that hub.
    """
    return COOKIE_PREFIX + deployment


def identify(
    request: Request, check: TokenCheck, sessions: SessionCheck | None = None, cookie_name: str = ""
) -> Actor:
    """Return the sender by the Authorization header or, for reading only, by the session cookie.

    Args:
        request: the request.
        check: checks bearer tokens.
        sessions: checks session cookies, in the service that has pages.
        cookie_name: name of the session cookie.

    Raises:
        Problem: 401 `no_token`, `invalid_token` or `session_over`.
    """
    authorization = read_authorization(request)
    if authorization is not None and authorization.type == "bearer" and authorization.token:
        return check.actor(authorization.token)
    cookie = request.cookies.get(cookie_name)
    if cookie and sessions is not None and request.method in READING:
        return sessions(cookie)
    raise unauthorised("no_token", "Send a token: Authorization: Bearer …")


def admit(actor: Actor, allow: frozenset[str]) -> None:
    """Raise unless the sender has a required role.

    Raises:
        Problem: 403 `forbidden`.
    """
    if allow == SIGNED_IN or actor.roles & allow:
        return
    raise Problem(403, "forbidden", f"This needs one of the roles: {', '.join(sorted(allow))}.")


def named_in_log(actor: Actor) -> str:
    """Return the subject for log lines: hashed where an issuer names people by e-mail address."""
    if "@" not in actor.subject:
        return actor.subject
    return "sha256:" + hashlib.sha256(actor.subject.encode()).hexdigest()[:16]
