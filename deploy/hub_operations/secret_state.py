"""Checks that the secrets of a hub are complete, readable, and the ones with which its data was created.

A lost password cannot be generated again while the hub has data, because the databases know the old one. Then
no secret is generated, and a message names each file with the remedy. `fingerprints.json` in the folder of
secrets lists the files, with the hash of those that must not change.
"""

import hashlib
import json
import os
import secrets
import stat
from collections.abc import Collection, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

from hub_operations import secret_messages as messages
from hub_operations.secret_files import (
    ADMINISTRATOR,
    OIDC_CLIENT_SECRET,
    OIDC_COOKIE_SECRET,
    PRIVATE_KEY,
    PUBLIC_KEY,
    SERVICES,
    SMTP_AUTHORITIES,
    SMTP_PASSWORD,
)
from hub_operations.secret_fits import misfits
from hub_operations.secret_writing import FILE_MODE, FOLDER_MODE
from hub_operations.subscriber_certificates import AUTHORITY, CERTIFICATE, CHECKED_WITH, FILES, is_authority

FINGERPRINTS: Final = "fingerprints.json"
# The databases were created with these, and every token and session was signed with the key.
UNCHANGED: Final = ("postgres_password", *(f"database_password_{one}" for one in SERVICES), PRIVATE_KEY)
NEEDED: Final = (
    *UNCHANGED,
    PUBLIC_KEY,
    *(f"database_url_{one}" for one in SERVICES),
    *(f"broker_password_{one}" for one in (ADMINISTRATOR, *SERVICES)),
    *(f"amqp_uri_{one}" for one in (ADMINISTRATOR, *SERVICES)),
    "grafana_password",
    OIDC_COOKIE_SECRET,
)
# Files that may be empty; one that existed before must exist all the same.
FILLED_IN: Final = (SMTP_PASSWORD, SMTP_AUTHORITIES, OIDC_CLIENT_SECRET)


# Secrets that can be renewed while a hub has data, because no data depends on them: name → files.
RENEWABLE: Final = {
    **{user: (f"broker_password_{user}", f"amqp_uri_{user}") for user in (ADMINISTRATOR, *SERVICES)},
    OIDC_COOKIE_SECRET: (OIDC_COOKIE_SECRET,),
    # The certificate alone is renewed at `make up`, which needs no action from subscribers.
    "subscribers_authority": FILES,
}


def repair_modes(folder: Path) -> list[str]:
    """Set the modes of the folder (owner only) and its files (readable in containers); return failures."""
    if not os.access(folder, os.R_OK | os.X_OK):
        with suppress(OSError):
            folder.chmod(FOLDER_MODE)
        if not os.access(folder, os.R_OK | os.X_OK):
            return [messages.wrong_mode(folder, "")]  # one sentence, not one for each file
    wrong: list[str] = []
    for path, wanted in ((folder, FOLDER_MODE), *((path, FILE_MODE) for path in _files(folder))):
        try:
            if stat.S_IMODE(path.stat().st_mode) != wanted:
                path.chmod(wanted)
        except OSError:
            wrong.append(messages.wrong_mode(folder, "" if path == folder else path.name))
    return wrong


def wrong_secrets(folder: Path, *, hub_exists: bool, besides: Collection[str] = ()) -> list[str]:
    """Return a sentence for each secret that is lost, changed, unreadable or malformed.

    Args:
        folder: of the secrets; it need not exist.
        hub_exists: whether there is data that needs the secrets; if not, missing ones are generated later.
        besides: files that are not checked, as they are about to be replaced.
    """
    known, wrong = _contents(folder, besides)
    if hub_exists and not wrong:
        noted = _fingerprints(folder)[1]
        lost = [name for name in NEEDED if not known.get(name) and name not in besides]
        lost += [name for name in FILLED_IN if name not in known and name in noted]
        lost += [name for name in _lost_certificates(known) if name in noted and name not in besides]
        if lost[: len(NEEDED)] == list(NEEDED):
            return [messages.all_lost(folder)]
        wrong = [messages.lost(folder, name) for name in lost] + _changed(folder, known)
    return wrong or misfits(folder, {name: content for name, content in known.items() if content})


def _lost_certificates(known: Mapping[str, str]) -> list[str]:
    """Return the lost authority or operator's certificate; the hub's own certificate is generated again."""
    authority = known.get(AUTHORITY)
    if not authority:
        return [AUTHORITY]
    # This file holds the hub's authority as long as the gateway uses the hub's own certificate.
    is_own = CHECKED_WITH in known and not is_authority(known[CHECKED_WITH], authority)
    return [CERTIFICATE] if is_own and not known.get(CERTIFICATE) else []


def remember(folder: Path) -> None:
    """Record the names of the secrets, and the hash of those that must not change."""
    known, _ = _contents(folder)
    salt = secrets.token_hex(16)
    noted = {name: _hash(salt, known[name]) if name in UNCHANGED else "" for name in sorted(known)}
    temporary = folder / f"{FINGERPRINTS}.new"
    temporary.unlink(missing_ok=True)
    temporary.write_text(json.dumps({"salt": salt, "secrets": noted}, indent=1))
    temporary.chmod(FILE_MODE)
    temporary.replace(folder / FINGERPRINTS)


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_file())


def _contents(folder: Path, besides: Collection[str] = ()) -> tuple[dict[str, str], list[str]]:
    """Return the stripped contents of the files, and sentences about those that cannot be read."""
    known: dict[str, str] = {}
    wrong: list[str] = []
    for name in (one for one in (*NEEDED, *FILLED_IN, *FILES) if one not in besides):
        path = folder / name
        try:
            if path.is_dir():
                wrong.append(messages.is_folder(folder, name))
            elif path.exists():
                known[name] = path.read_text().strip()
        except UnicodeDecodeError:
            wrong.append(messages.not_text(folder, name))
        except OSError as exc:
            wrong.append(messages.unreadable(folder, name, exc.strerror or type(exc).__name__))
    return known, wrong


def _fingerprints(folder: Path) -> tuple[str, Mapping[str, str]]:
    """Return salt and hashes; none when the file is lost, or an earlier release created the hub."""
    try:
        noted = json.loads((folder / FINGERPRINTS).read_text())
        return str(noted["salt"]), {str(name): str(one) for name, one in noted["secrets"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return "", {}


def _changed(folder: Path, known: Mapping[str, str]) -> list[str]:
    salt, noted = _fingerprints(folder)
    return [
        messages.changed(folder, name)
        for name in UNCHANGED
        if known.get(name) and noted.get(name) and noted[name] != _hash(salt, known[name])
    ]


def _hash(salt: str, content: str) -> str:
    return hashlib.sha256(f"{salt}:{content}".encode()).hexdigest()
