"""Bearer tokens, made: JWT (RFC 7519, May 2015) signed with Ed25519 (RFC 8037, January 2017).

`access` checks them.
"""

import json
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from joserfc import jwt
from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwk import OKPKey

from hub_platform.access import AUDIENCE, SIGN_IN_AUDIENCE
from hub_platform.ids import new_id

ALGORITHM: Final = "EdDSA"  # the general name, which every library knows
LINK_LIFETIME: Final = timedelta(minutes=15)  # within which a sign-in link is to be used


class NoSigningKey(ValueError):
    """A text that holds no key by which tokens can be signed."""


@dataclass(frozen=True)
class Issued:
    """Stored facts of a token, without the token itself."""

    id: str
    subject: str
    roles: tuple[str, ...]
    issued_at: datetime
    expires_at: datetime  # for a sign-in link: the end of its session


def read_key(text: str) -> OKPKey:
    """The key that signs tokens: a JWK (RFC 7517, May 2015), the private half included.

    Raises:
        NoSigningKey: it cannot be read, or only checks tokens.
    """
    try:
        key = OKPKey.import_key(json.loads(text))
    except (JoseError, ValueError, TypeError, KeyError) as exc:
        raise NoSigningKey(f"The key that signs tokens cannot be read ({type(exc).__name__}).") from exc
    if not key.is_private:
        raise NoSigningKey("The key that signs tokens is a public one: it can only check them.")
    return key


def issue(
    key: OKPKey, subject: str, roles: Iterable[str], lifetime: timedelta, now: datetime
) -> tuple[str, Issued]:
    """A token for `subject`, valid from `now` (to the second) for `lifetime`, and what to remember of it."""
    issued = _remembered(subject, roles, lifetime, now)
    return _signed(key, issued, {"aud": AUDIENCE, "exp": int(issued.expires_at.timestamp())}), issued


def issue_sign_in(
    key: OKPKey, subject: str, roles: Iterable[str], session: timedelta, now: datetime
) -> tuple[str, Issued]:
    """A token for a sign-in link: good once within `LINK_LIFETIME`, for a session that lasts `session`."""
    issued = _remembered(subject, roles, session, now)
    expires = min(issued.expires_at, issued.issued_at + LINK_LIFETIME)
    claims = {
        "aud": SIGN_IN_AUDIENCE,
        "exp": int(expires.timestamp()),
        "session_ends": int(issued.expires_at.timestamp()),
    }
    return _signed(key, issued, claims), issued


def _remembered(subject: str, roles: Iterable[str], lifetime: timedelta, now: datetime) -> Issued:
    begins = now.replace(microsecond=0)
    return Issued(str(new_id()), subject, tuple(sorted(set(roles))), begins, begins + lifetime)


def _signed(key: OKPKey, issued: Issued, own: Mapping[str, object]) -> str:
    claims = {
        "sub": issued.subject,
        "roles": list(issued.roles),
        "iat": int(issued.issued_at.timestamp()),
        "jti": issued.id,
        **own,
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SecurityWarning)  # RFC 9864 (2025) prefers the name Ed25519
        return jwt.encode({"alg": ALGORITHM, "typ": "JWT"}, claims, key, algorithms=[ALGORITHM])
