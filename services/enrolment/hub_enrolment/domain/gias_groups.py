"""Academy trusts as the groups files of GIAS describe them, and the schools that joined them."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

UID: Final = re.compile(r"[0-9]{1,9}")


@dataclass(frozen=True, kw_only=True)
class Group:
    """The stored facts of a trust from the register."""

    uid: str
    name: str
    group_type: str  # in the register's words, such as Multi-academy trust
    companies_house: str | None
    status: str | None
    closed_on: date | None


@dataclass(frozen=True, kw_only=True)
class Joined:
    """The membership of a school in a trust, and the row that has it."""

    row: int
    urn: str
    uid: str
    joined_on: date | None
