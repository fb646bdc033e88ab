"""What the private RabbitMQ knows at boot: the host `hub`, users and what each may do.

The format is RabbitMQ's definitions file (`load_definitions`); the exchanges, queues and bindings come from
`hub_messaging` and are merged in.
"""

import base64
import hashlib
import secrets
from collections.abc import Mapping
from typing import Any

Definitions = dict[str, list[dict[str, Any]]]
Permissions = tuple[str, str, str]  # regular expressions of names: configure, write, read

VIRTUAL_HOST = "hub"
ADMINISTRATOR = "hub_local"
EVERYTHING: Permissions = (".*", ".*", ".*")


def password_hash(password: str, *, salt: bytes | None = None) -> str:
    """RabbitMQ's salted SHA-256: base64 of four salt bytes and the digest of salt and password."""
    salt = secrets.token_bytes(4) if salt is None else salt
    digest = hashlib.sha256(salt + password.encode()).digest()
    return base64.b64encode(salt + digest).decode()


def users_definitions(
    passwords: Mapping[str, str], permissions: Mapping[str, Permissions], *, virtual_host: str = VIRTUAL_HOST
) -> Definitions:
    """Users with their password hashes and permissions on one virtual host.

    Raises:
        ValueError: a permission is given to a user without a password.
    """
    strangers = sorted(permissions.keys() - passwords.keys())
    if strangers:
        raise ValueError(f"permissions for users without a password: {', '.join(strangers)}")
    return {
        "vhosts": [{"name": virtual_host}],
        "users": [
            {
                "name": name,
                "password_hash": password_hash(password),
                "hashing_algorithm": "rabbit_password_hashing_sha256",
                "tags": ["administrator"] if name == ADMINISTRATOR else [],
            }
            for name, password in sorted(passwords.items())
        ],
        "permissions": [
            {"user": name, "vhost": virtual_host, "configure": configure, "write": write, "read": read}
            for name, (configure, write, read) in sorted(permissions.items())
        ],
    }


def merged(*parts: Mapping[str, Any]) -> Definitions:
    """Several definitions as one; a thing said twice alike is kept once."""
    result: Definitions = {}
    for part in parts:
        for kind, things in part.items():
            if not isinstance(things, list):
                continue  # rabbit_version and the like: of no interest to the server
            kept = result.setdefault(kind, [])
            kept.extend(thing for thing in things if thing not in kept)
    return result
