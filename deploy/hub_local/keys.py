"""The key pair of this machine's hub, and the bearer tokens that it signs.

JWT (RFC 7519) signed with Ed25519 (RFC 8037); services verify them offline with the public key.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from joserfc.jwk import OKPKey

from hub_local.passwords import write_private
from hub_platform import tokens
from hub_platform.clocks import real_now

PRIVATE = "token_private.json"
PUBLIC = "token_public.json"


@dataclass(frozen=True)
class Signer:
    """Issues tokens with this installation's private key."""

    key: OKPKey
    public_file: Path  # read by the services

    def issue(self, subject: str, roles: Iterable[str], lifetime: timedelta) -> str:
        """Return a bearer token for `subject`, valid from now on for `lifetime`."""
        token, _ = tokens.issue(self.key, subject, roles, lifetime, real_now())
        return token

    def issue_sign_in(self, subject: str, roles: Iterable[str], session: timedelta) -> str:
        """Return the token of a sign-in link for `subject`."""
        token, _ = tokens.issue_sign_in(self.key, subject, roles, session, real_now())
        return token


def signer(folder: Path) -> Signer:
    """Return the signer with the keys in `folder`, which are generated on first use."""
    private, public = folder / PRIVATE, folder / PUBLIC
    if private.exists():
        key = tokens.read_key(private.read_text())
    else:
        key = OKPKey.generate_key("Ed25519")
        write_private(private, json.dumps(key.as_dict(private=True)))
    write_private(public, json.dumps(key.as_dict(private=False)))
    return Signer(key, public)
