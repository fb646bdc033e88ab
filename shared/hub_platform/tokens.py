"""Bearer tokens, made: JWT (RFC 7519, May 2015) signed with Ed25519 (RFC 8037, January 2017).

`access` checks them.
"""

import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from joserfc import jwt
from joserfc.errors import SecurityWarning
from joserfc.jwk import OKPKey

from hub_platform.access import AUDIENCE
from hub_platform.ids import new_id

ALGORITHM: Final = "EdDSA"  # the general name, which every library knows


@dataclass(frozen=True)
class Issued:
    """What is remembered of a token; the token itself is not."""

    id: str
    subject: str
    roles: tuple[str, ...]
    issued_at: datetime
    expires_at: datetime


def issue(
    key: OKPKey, subject: str, roles: Iterable[str], lifetime: timedelta, now: datetime
) -> tuple[str, Issued]:
    """A token for `subject`, valid from `now` (to the second) for `lifetime`, and what to remember of it."""
    begins = now.replace(microsecond=0)
    issued = Issued(str(new_id()), subject, tuple(sorted(set(roles))), begins, begins + lifetime)
    claims = {
        "sub": issued.subject,
        "roles": list(issued.roles),
        "aud": AUDIENCE,
        "iat": int(issued.issued_at.timestamp()),
        "exp": int(issued.expires_at.timestamp()),
        "jti": issued.id,
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SecurityWarning)  # RFC 9864 (2025) prefers the name Ed25519
        token = jwt.encode({"alg": ALGORITHM, "typ": "JWT"}, claims, key, algorithms=[ALGORITHM])
    return token, issued
