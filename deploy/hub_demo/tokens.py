"""Tokens of Work Group leads, issued with the hub's private key."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Final

from joserfc.jwk import OKPKey

from hub_local.failures import CannotStart
from hub_platform import tokens
from hub_platform.clocks import real_now

LEAD: Final = "work_group_lead"
LASTS: Final = timedelta(hours=12)

# Returns the token of the Work Group lead with this id.
GivesToken = Callable[[str], str]


def lead_tokens(key: OKPKey) -> GivesToken:
    """Return a function that issues tokens, one for each lead.

    Args:
        key: the hub's private key.
    """
    known: dict[str, str] = {}

    def give(teacher_id: str) -> str:
        if teacher_id not in known:
            known[teacher_id], _ = tokens.issue(key, teacher_id, [LEAD], LASTS, real_now())
        return known[teacher_id]

    return give


def read_key(path: Path) -> OKPKey:
    """Read the hub's private key.

    Raises:
        CannotStart: the file is missing, or holds no such key.
    """
    try:
        return tokens.read_key(path.read_text())
    except OSError as exc:
        raise CannotStart(f"HUB_TOKEN_PRIVATE_KEY_FILE cannot be read ({type(exc).__name__}).") from exc
    except tokens.NoSigningKey as exc:
        raise CannotStart(str(exc)) from exc
