"""What an operator is told about a secret: which file, what is wrong, what to do; never what it holds."""

import os
import re
from pathlib import Path


def shown(folder: Path, name: str = "") -> Path:
    """A file of secrets under the name that it has on the operator's machine."""
    return Path(os.environ.get("HUB_SECRETS") or folder) / name


def put_back(folder: Path, name: str) -> str:
    """How to get a file from a backup."""
    return f"put it back from a backup (tar -xzOf hub-….tar.gz secrets/{name} >{shown(folder, name)})."


def lost(folder: Path, name: str) -> str:
    """Say that a file is not there, or empty."""
    how = "empty" if (folder / name).exists() else "lost"
    why = "and no other can take its place while the hub holds data"
    user = re.fullmatch(
        r"(?:broker_password|amqp_uri)_(.+)|(oidc_cookie_secret|subscribers_authority)(?:\.pem)?", name
    )
    anew = f" Or make a new one: deploy/compose.sh renew {user[1] or user[2]}." if user else ""
    return f"The secret {shown(folder, name)} is {how}, {why}: {put_back(folder, name)}{anew}"


def all_lost(folder: Path) -> str:
    """Say that no file is there."""
    return (
        f"The secrets in {shown(folder)} are lost; the data of this hub cannot be opened without them:"
        " put the folder back from a backup (tar -xzf hub-….tar.gz secrets),"
        " or delete the hub with make uninstall."
    )


def changed(folder: Path, name: str) -> str:
    """Say that a file holds something else than it did."""
    what = "is not the one with which the hub was made"
    return f"The secret {shown(folder, name)} {what}: {put_back(folder, name)}"


def is_folder(folder: Path, name: str) -> str:
    """Say that a folder stands where a file should."""
    return (
        f"{shown(folder, name)} is a folder, as Docker makes where a file is missing:"
        " remove it (rmdir), and put the file back from a backup if there was a hub."
    )


def not_text(folder: Path, name: str) -> str:
    """Say that a file holds bytes that are no text."""
    return f"The secret {shown(folder, name)} is not text: {put_back(folder, name)}"


def unreadable(folder: Path, name: str, why: str) -> str:
    """Say that a file cannot be read."""
    owner = f"make this account its owner, or {put_back(folder, name)}"
    return f"The secret {shown(folder, name)} cannot be read ({why}): {owner}"


def wrong_mode(folder: Path, name: str) -> str:
    """Say that the mode of a file, or of the folder, cannot be repaired."""
    return (
        f"{shown(folder, name)} belongs to another account and has the wrong mode:"
        " make this account its owner (sudo chown $(id -u) …)."
    )


def no_key(folder: Path, name: str) -> str:
    """Say that a file holds no key."""
    return f"The secret {shown(folder, name)} holds no key: {put_back(folder, name)}"


def other_half(folder: Path, name: str, private: str) -> str:
    """Say that a public key is not that of the private one."""
    return f"The secret {shown(folder, name)} is not the public half of {private}: {put_back(folder, name)}"


def no_address(folder: Path, name: str, of_what: str, form: str) -> str:
    """Say that a file holds no address."""
    return f"The secret {shown(folder, name)} is no address of {of_what} ({form}): write it anew."


def does_not_fit(folder: Path, name: str, other: str) -> str:
    """Say that an address holds another password than the file that it was made from."""
    both = f"tar -xzf hub-….tar.gz secrets/{name} secrets/{other}"
    return (
        f"The secret {shown(folder, name)} holds another password than {other}, so one of the two was"
        f" changed: put both back from a backup ({both})."
    )
