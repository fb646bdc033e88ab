"""Messages about secrets: the file, the fault and the remedy, never the content."""

import os
import re
from pathlib import Path


def shown(folder: Path, name: str = "") -> Path:
    """Return the path of a secret on the operator's machine."""
    return Path(os.environ.get("HUB_SECRETS") or folder) / name


def restore(folder: Path, name: str) -> str:
    """Return the command that restores a file from a backup."""
    return f"restore it from a backup (tar -xzOf hub-….tar.gz secrets/{name} >{shown(folder, name)})."


def lost(folder: Path, name: str) -> str:
    """Message about a missing or empty file."""
    how = "empty" if (folder / name).exists() else "lost"
    why = "and no new one can replace it while the hub has data"
    user = re.fullmatch(
        r"(?:broker_password|amqp_uri)_(.+)|(oidc_cookie_secret|subscribers_authority)(?:\.pem)?", name
    )
    renew = f" Or generate a new one: deploy/compose.sh renew {user[1] or user[2]}." if user else ""
    return f"The secret {shown(folder, name)} is {how}, {why}: {restore(folder, name)}{renew}"


def all_lost(folder: Path) -> str:
    """Message about a folder without any secret."""
    return (
        f"The secrets in {shown(folder)} are lost; the data of this hub cannot be opened without them:"
        " restore the folder from a backup (tar -xzf hub-….tar.gz secrets),"
        " or delete the hub with make uninstall."
    )


def changed(folder: Path, name: str) -> str:
    """Message about a file whose content has changed."""
    what = "is not the one with which the hub was made"
    return f"The secret {shown(folder, name)} {what}: {restore(folder, name)}"


def is_folder(folder: Path, name: str) -> str:
    """Message about a folder in the place of a file."""
    return (
        f"{shown(folder, name)} is a folder, which Docker creates where a file is missing:"
        " remove it (rmdir), and restore the file from a backup if there was a hub."
    )


def not_text(folder: Path, name: str) -> str:
    """Message about a file that is not text."""
    return f"The secret {shown(folder, name)} is not text: {restore(folder, name)}"


def unreadable(folder: Path, name: str, why: str) -> str:
    """Message about a file that cannot be read."""
    owner = f"make this account its owner, or {restore(folder, name)}"
    return f"The secret {shown(folder, name)} cannot be read ({why}): {owner}"


def wrong_mode(folder: Path, name: str) -> str:
    """Message about a mode, of a file or the folder, that this account cannot repair."""
    return (
        f"{shown(folder, name)} belongs to another account and has the wrong mode:"
        " make this account its owner (sudo chown $(id -u) …)."
    )


def no_key(folder: Path, name: str) -> str:
    """Message about a file without a key."""
    return f"The secret {shown(folder, name)} holds no key: {restore(folder, name)}"


def other_half(folder: Path, name: str, private: str) -> str:
    """Message about a public key that does not belong to the private one."""
    return f"The secret {shown(folder, name)} is not the public half of {private}: {restore(folder, name)}"


def no_address(folder: Path, name: str, of_what: str, form: str) -> str:
    """Message about a file without a URL of the expected form."""
    return f"The secret {shown(folder, name)} is no URL of {of_what} ({form}): correct it."


def does_not_fit(folder: Path, name: str, other: str) -> str:
    """Message about a URL with another password than the file from which it was derived."""
    both = f"tar -xzf hub-….tar.gz secrets/{name} secrets/{other}"
    return (
        f"The secret {shown(folder, name)} holds another password than {other}, so one of the two was"
        f" changed: restore both from a backup ({both})."
    )
