"""The key pair that signs bearer tokens on this machine, and the tokens themselves.

JWT (RFC 7519) signed with Ed25519 (RFC 8037); services hold the public key and check offline.
"""

import json
import time
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

from joserfc import jwt
from joserfc.errors import SecurityWarning
from joserfc.jwk import OKPKey

from local.passwords import write_private

AUDIENCE = "hub"
ALGORITHM = "EdDSA"
PRIVATE = "token_private.json"
PUBLIC = "token_public.json"


@dataclass(frozen=True)
class Signer:
    """Issues tokens in the name of this installation."""

    key: OKPKey
    public_file: Path  # what services are given

    def issue(self, subject: str, roles: Iterable[str], lifetime: timedelta) -> str:
        """A bearer token for `subject`, valid from now on for `lifetime`."""
        now = int(time.time())
        claims = {
            "sub": subject,
            "roles": sorted(roles),
            "aud": AUDIENCE,
            "iat": now,
            "exp": now + int(lifetime.total_seconds()),
            "jti": str(uuid4()),
        }
        with warnings.catch_warnings():
            # The general name of the algorithm is the one that every library knows.
            warnings.simplefilter("ignore", SecurityWarning)
            return jwt.encode({"alg": ALGORITHM, "typ": "JWT"}, claims, self.key, algorithms=[ALGORITHM])


def signer(folder: Path) -> Signer:
    """The signer whose keys are kept in `folder`; made on first use."""
    private, public = folder / PRIVATE, folder / PUBLIC
    if private.exists():
        key = OKPKey.import_key(json.loads(private.read_text()))
    else:
        key = OKPKey.generate_key("Ed25519")
        write_private(private, json.dumps(key.as_dict(private=True)))
    write_private(public, json.dumps(key.as_dict(private=False)))
    return Signer(key, public)
