"""Whether the secrets of a hub are whole, readable, and those with which its data was made.

A password that is lost cannot be made anew while the hub holds data: the databases know the old one. So
nothing is made then; each file is named with what to do. `fingerprints.json` beside the secrets remembers
which there were, and the hash of those that must stay as they are.
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

from hub_operations import secret_sentences as say
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
# The databases were made with these, and every token and session was signed with the key.
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
# Files that may be empty; one that was there once is missed all the same.
FILLED_IN: Final = (SMTP_PASSWORD, SMTP_AUTHORITIES, OIDC_CLIENT_SECRET)


# What may be made anew while a hub holds data, because no data was made with it: name → the files.
RENEWABLE: Final = {
    **{user: (f"broker_password_{user}", f"amqp_uri_{user}") for user in (ADMINISTRATOR, *SERVICES)},
    OIDC_COOKIE_SECRET: (OIDC_COOKIE_SECRET,),
    # The certificate alone is renewed by itself, and subscribers notice nothing.
    "subscribers_authority": FILES,
}


def repair_modes(folder: Path) -> list[str]:
    """Let only the owner enter the folder, and containers read its files; sentences where it fails."""
    if not os.access(folder, os.R_OK | os.X_OK):
        with suppress(OSError):
            folder.chmod(FOLDER_MODE)
        if not os.access(folder, os.R_OK | os.X_OK):
            return [say.wrong_mode(folder, "")]  # one sentence, not one for each file
    wrong: list[str] = []
    for path, wanted in ((folder, FOLDER_MODE), *((path, FILE_MODE) for path in _files(folder))):
        try:
            if stat.S_IMODE(path.stat().st_mode) != wanted:
                path.chmod(wanted)
        except OSError:
            wrong.append(say.wrong_mode(folder, "" if path == folder else path.name))
    return wrong


def wrong_secrets(folder: Path, *, hub_exists: bool, besides: Collection[str] = ()) -> list[str]:
    """Say in a sentence each what is lost, changed, unreadable or malformed.

    Args:
        folder: of the secrets; it need not exist.
        hub_exists: whether there is data that the secrets open; otherwise what is missing will be made.
        besides: files that are not looked at, as they are about to be replaced.
    """
    known, wrong = _contents(folder, besides)
    if hub_exists and not wrong:
        noted = _fingerprints(folder)[1]
        lost = [name for name in NEEDED if not known.get(name) and name not in besides]
        lost += [name for name in FILLED_IN if name not in known and name in noted]
        lost += [name for name in _lost_certificates(known) if name in noted and name not in besides]
        if lost[: len(NEEDED)] == list(NEEDED):
            return [say.all_lost(folder)]
        wrong = [say.lost(folder, name) for name in lost] + _changed(folder, known)
    return wrong or misfits(folder, {name: content for name, content in known.items() if content})


def _lost_certificates(known: Mapping[str, str]) -> list[str]:
    """The authority, or the operator's own certificate; one of the hub's own is made again."""
    authority = known.get(AUTHORITY)
    if not authority:
        return [AUTHORITY]
    # The hub's authority stands here as long as its own certificate is shown.
    is_own = CHECKED_WITH in known and not is_authority(known[CHECKED_WITH], authority)
    return [CERTIFICATE] if is_own and not known.get(CERTIFICATE) else []


def remember(folder: Path) -> None:
    """Write down which secrets there are, and the hash of those that must stay as they are."""
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
    """What the files hold, without spaces around it, and sentences about those that cannot be read."""
    known: dict[str, str] = {}
    wrong: list[str] = []
    for name in (one for one in (*NEEDED, *FILLED_IN, *FILES) if one not in besides):
        path = folder / name
        try:
            if path.is_dir():
                wrong.append(say.is_folder(folder, name))
            elif path.exists():
                known[name] = path.read_text().strip()
        except UnicodeDecodeError:
            wrong.append(say.not_text(folder, name))
        except OSError as exc:
            wrong.append(say.unreadable(folder, name, exc.strerror or type(exc).__name__))
    return known, wrong


def _fingerprints(folder: Path) -> tuple[str, Mapping[str, str]]:
    """The salt and the hashes; none if the file is lost, or the hub was made by an earlier release."""
    try:
        noted = json.loads((folder / FINGERPRINTS).read_text())
        return str(noted["salt"]), {str(name): str(one) for name, one in noted["secrets"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return "", {}


def _changed(folder: Path, known: Mapping[str, str]) -> list[str]:
    salt, noted = _fingerprints(folder)
    return [
        say.changed(folder, name)
        for name in UNCHANGED
        if known.get(name) and noted.get(name) and noted[name] != _hash(salt, known[name])
    ]


def _hash(salt: str, content: str) -> str:
    return hashlib.sha256(f"{salt}:{content}".encode()).hexdigest()
