"""One step of the year as plain data: which request goes to which service, at which moment of the year."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

_IN_PATH = re.compile(r"\{([^}]+)\}")


@dataclass(frozen=True)
class Made:
    """Stands in a body for the id that the service gave to what another command made."""

    key: str


@dataclass(frozen=True, kw_only=True)
class Command:
    """One request. In `path`, `{key}` stands for the id that the command of that key was given."""

    key: str  # unique and the same in every run: its Idempotency-Key is made of it
    at: datetime  # the moment in the year, sent as Hub-Time
    service: str
    method: str
    path: str
    body: Mapping[str, Any] | bytes
    lane: str  # commands of one lane are sent in order, those of different lanes side by side
    by: str = ""  # the key of the Work Group lead who sends it; the hub's administrator does otherwise
    gives: str = ""  # the field of the answer that holds the id of what was made
    match: str = (
        ""  # for PUT: the key of the command whose ETag is sent, or "*" when there must be nothing yet
    )
    look: str = ""  # for PUT: where to look whether it has been done before …
    done: Mapping[str, str] = field(default_factory=dict)  # … and what is seen there then
    among: Mapping[str, Any] = field(default_factory=dict)  # for a list: the item in which these stand
    waits_for: str = ""  # the code of a refusal that passes with time
    after: tuple[str, ...] = ()  # keys of other commands that must be done before
    announces: int = 1  # how many events follow at least

    @property
    def facts(self) -> Mapping[str, Any]:
        """The body of a command that sends no file."""
        if isinstance(self.body, bytes):
            raise TypeError(f"{self.key} sends a file")
        return self.body

    def needs(self) -> frozenset[str]:
        """Keys of the commands that must have been answered before this one can be sent."""
        named = {*self.after, *_IN_PATH.findall(self.path), *_made_in(self.body), *_made_in(self.among)}
        return frozenset((named | {self.by, self.match}) - {"", "*"})

    def address(self, ids: Mapping[str, str]) -> str:
        """The path with its ids put in."""
        return fill(self.path, ids)

    def content(self, ids: Mapping[str, str]) -> Any:
        """The body with its ids put in."""
        if self.method == "GET":
            return None
        return self.body if isinstance(self.body, bytes) else _resolved(self.body, ids)

    def found(self, answer: Any, ids: Mapping[str, str]) -> Any:
        """What was made or looked for, in the answer.

        Raises:
            LookupError: it is not in the list.
        """
        if not self.among:
            return answer
        wanted = _resolved(self.among, ids).items()
        for item in answer["items"]:
            if all(item[name] == value for name, value in wanted):
                return item
        raise LookupError(f"{self.key} is not in the list at {self.path}")


def fill(path: str, ids: Mapping[str, str]) -> str:
    """A path with its ids put in."""
    return _IN_PATH.sub(lambda found: ids[found[1]], path)


def _made_in(value: Any) -> set[str]:
    if isinstance(value, Made):
        return {value.key}
    if isinstance(value, Mapping):
        return set().union(*map(_made_in, value.values())) if value else set()
    if isinstance(value, list | tuple):
        return set().union(*map(_made_in, value)) if value else set()
    return set()


def _resolved(value: Any, ids: Mapping[str, str]) -> Any:
    if isinstance(value, Made):
        return ids[value.key]
    if isinstance(value, Mapping):
        return {name: _resolved(inner, ids) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_resolved(inner, ids) for inner in value]
    return value
