"""Tokens of an OpenID Connect issuer (Core 1.0, November 2014): checked offline against keys in a file.

`hubctl issuer-keys` fetches the keys (a JSON Web Key Set, RFC 7517, May 2015); services look at the file
again every few seconds, so that no service needs a way out.
"""

import json
import math
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

LOOK_EVERY: Final = 10.0  # seconds
LOOK_AGAIN: Final = 1.0  # seconds, while the file cannot be read
# Public-key signatures only: reading the file does not permit making tokens.
ALGORITHMS: Final = [
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "ES256",
    "ES384",
    "Ed25519",
    "EdDSA",
]
# Exceptions of joserfc for malformed tokens: parts that are not JSON objects, or are nested too deeply.
MALFORMED: Final = (JoseError, ValueError, TypeError, KeyError, AttributeError, RecursionError)


@dataclass
class Issuer:
    """An OpenID Connect issuer whose tokens are accepted in addition to the hub's own."""

    name: str  # as its tokens have it in `iss`
    audience: str  # the client id that the hub has there
    keys_path: Path
    roles_claim: str = "roles"  # where the hub's roles stand; a.b for a claim inside another
    subject_claim: str = "sub"
    _keys: KeySet | None = None
    _reason: str | None = None  # why the keys may be old, or none are known
    _seen: tuple[int, int] | None = None
    _looked_at: float = field(default=-math.inf)

    def claims(self, token: str) -> Mapping[str, object]:
        """Return the claims of a token under the hub's names: `sub`, `roles`, `exp` and `jti`.

        Raises:
            ValueError: it is forged, malformed, expired, of another issuer, or for another audience.
        """
        keys = self._known_keys()
        if keys is None:
            raise ValueError("the issuer's keys are not known")
        try:
            claims = jwt.decode(token, keys, algorithms=ALGORITHMS).claims
            jwt.JWTClaimsRegistry(
                iss={"essential": True, "value": self.name},
                aud={"essential": True, "value": self.audience},
                exp={"essential": True},
            ).validate(claims)
        except MALFORMED as exc:
            raise ValueError("the issuer's token is not valid") from exc
        subject = inner(claims, self.subject_claim)
        if not isinstance(subject, str) or not subject:
            raise ValueError("the issuer's token names no subject")
        roles = inner(claims, self.roles_claim)
        named = [role for role in roles if isinstance(role, str)] if isinstance(roles, list) else []
        return {"sub": subject, "roles": named, "exp": claims["exp"], "jti": claims.get("jti")}

    @property
    def reason(self) -> str | None:
        """Why the keys may be old, or none are known, for operators; it looks itself."""
        self._known_keys()
        return self._reason

    def _known_keys(self) -> KeySet | None:
        """The keys as the file had them when it could last be read."""
        now = time.monotonic()
        if now - self._looked_at >= (LOOK_EVERY if self._reason is None else LOOK_AGAIN):
            self._looked_at = now
            self._reason = None
            try:
                status = self.keys_path.stat()
                seen = (status.st_mtime_ns, status.st_size)
                if seen != self._seen:
                    self._keys = KeySet.import_key_set(json.loads(self.keys_path.read_text()))
                    self._seen = seen
            except (OSError, ValueError, TypeError, KeyError, JoseError):
                # Keys read before stay valid; without any, no token of the issuer is accepted.
                self._reason = f"the keys of the issuer {self.name} cannot be read from their file"
        return self._keys


def inner(claims: Mapping[str, object], path: str) -> object:
    """A claim, or one inside others (`realm_access.roles`); None when it is not there."""
    found: object = claims
    for name in path.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found
