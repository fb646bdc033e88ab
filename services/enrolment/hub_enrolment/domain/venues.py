"""Rules about the venue of a session and its joining link."""

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from hub_contracts.vocabulary import MeetingMode
from hub_kernel.refusals import Refused

LONGEST_VENUE: Final = 200  # characters
LONGEST_LINK: Final = 2000  # characters

# Printable ASCII without the characters that RFC 3986 (January 2005), 2 excludes from addresses.
ADDRESS: Final = re.compile(r"[!#-;=?-\[\]_a-z~]+")


@dataclass(frozen=True)
class Location:
    """A venue and a joining link, of a session or of a group for its sessions."""

    venue: str | None = None
    joining_link: str | None = None


NOWHERE: Final = Location()


def location(mode: str, host_urn: str | None, own: Location, of_group: Location) -> Location:
    """Return the location in effect for a session: its own, or its group's where that fits the mode.

    The group's venue is for sessions in person without a host: a host school is the venue itself. The group's
    joining link is for online sessions.
    """
    at_group_venue = mode == MeetingMode.IN_PERSON and host_urn is None
    return Location(
        own.venue or (of_group.venue if at_group_venue else None),
        own.joining_link or (of_group.joining_link if mode == MeetingMode.ONLINE else None),
    )


def check_joining_link(link: str | None) -> None:
    """Raise unless a joining link is an https address that carries no user name or password.

    Raises:
        Refused: `bad_joining_link`.
    """
    if link is not None and not _is_joining_link(link):
        detail = (
            f"A joining link must be an https address of at most {LONGEST_LINK:,} characters,"
            " without a user name or password in it."
        )
        raise Refused("bad_joining_link", detail, "/joining_link")


def _is_joining_link(link: str) -> bool:
    if len(link) > LONGEST_LINK or ADDRESS.fullmatch(link) is None:
        return False
    try:
        parts = urlsplit(link)
        port = parts.port
    except ValueError:  # misplaced brackets, or a port that is no number
        return False
    return parts.scheme == "https" and bool(parts.hostname) and port != 0 and "@" not in parts.netloc
