"""A command of the plan as plain data: a request to a service at an instant of the year."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypedDict

_IN_PATH = re.compile(r"\{([^}]+)\}")

Fields = Mapping[str, Any]  # of a body or an answer, as the service's OpenAPI document describes them


@dataclass(frozen=True)
class Made:
    """A placeholder in a body for the id in the answer to another command."""

    key: str


@dataclass(frozen=True, kw_only=True)
class Command:
    """One request. In `path`, `{key}` is replaced by the id in the answer to the command of that key."""

    key: str  # unique, and the same in every run: the Idempotency-Key is derived from it
    at: datetime  # the instant in the year, sent as Hub-Time
    service: str
    method: str
    path: str
    body: Fields | bytes  # fields may contain Made
    lane: str  # commands of one lane are sent in order, commands of different lanes in parallel
    by: str = ""  # key of the Work Group lead who sends it; empty for the hub's administrator
    gives: str = ""  # the field of the answer with the id of the created resource
    match: str = (
        ""  # for PUT: the key of the command whose ETag is sent, or "*" when the resource must not exist
    )
    look: str = ""  # for PUT: the path that shows whether it was done before …
    done: Mapping[str, str] = field(default_factory=dict)  # … and the fields of its answer in that case
    among: Fields = field(default_factory=dict)  # for a list: fields of the item to select
    waits_for: str = ""  # the code of a refusal after which the command is repeated
    after: tuple[str, ...] = ()  # keys of other commands that must be answered first
    announces: int = 1  # the least number of events that follow

    @property
    def facts(self) -> Fields:
        """Body of a command that sends JSON."""
        if isinstance(self.body, bytes):
            raise TypeError(f"{self.key} sends a file")
        return self.body

    def needs(self) -> frozenset[str]:
        """Keys of the commands that must be answered before this one can be sent."""
        named = {*self.after, *_IN_PATH.findall(self.path), *_made_in(self.body), *_made_in(self.among)}
        return frozenset((named | {self.by, self.match}) - {"", "*"})

    def address(self, ids: Mapping[str, str]) -> str:
        """Return the path with ids instead of placeholders."""
        return fill(self.path, ids)

    def content(self, ids: Mapping[str, str]) -> object:
        """Return the body with ids instead of placeholders."""
        if self.method == "GET":
            return None
        return self.body if isinstance(self.body, bytes) else _resolved(self.body, ids)

    def found(self, answer: Fields, ids: Mapping[str, str]) -> Fields:
        """Return the created resource or the selected item in an answer.

        Raises:
            LookupError: no item of the list matches `among`.
        """
        if not self.among:
            return answer
        wanted = {name: _resolved(value, ids) for name, value in self.among.items()}
        items: Sequence[Fields] = answer["items"]
        for item in items:
            if all(item[name] == value for name, value in wanted.items()):
                return item
        raise LookupError(f"{self.key} is missing from the list at {self.path}")


class Details(TypedDict, total=False):
    """Fields of a command that most commands about a group or a person leave out."""

    method: str
    gives: str
    match: str
    among: Fields
    waits_for: str
    after: tuple[str, ...]
    announces: int


def fill(path: str, ids: Mapping[str, str]) -> str:
    """Return a path with ids instead of placeholders."""
    return _IN_PATH.sub(lambda found: ids[found[1]], path)


def _made_in(value: object) -> set[str]:
    if isinstance(value, Made):
        return {value.key}
    if isinstance(value, Mapping):
        return set().union(*map(_made_in, value.values())) if value else set()
    if isinstance(value, list | tuple):
        return set().union(*map(_made_in, value)) if value else set()
    return set()


def _resolved(value: object, ids: Mapping[str, str]) -> object:
    if isinstance(value, Made):
        return ids[value.key]
    if isinstance(value, Mapping):
        return {name: _resolved(inner, ids) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_resolved(inner, ids) for inner in value]
    return value
