"""Selection of a subscriber's events: an operator's words as routing keys of each publisher."""

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from hub_messaging.topology import MARK

ALL: Final = "all"
VERSION: Final = re.compile(r"(?P<type>.+)\.v(?P<number>[0-9]+)")

Catalogue = Mapping[str, Sequence[str]]  # publisher → routing keys of its events
Bindings = Mapping[str, frozenset[str]]  # publisher → routing keys that a queue is bound to


class UnknownEvents(ValueError):
    """A word is neither an event nor a publisher; the message suggests similar ones."""


def chosen(asked: Iterable[str], catalogue: Catalogue) -> Bindings:
    """Return the bindings for words: types with or without a version, publishers, or `all`.

    A publisher or `all` selects the latest version of each type. `LogMark`, the publishers' counts, is bound
    only when it is named.

    Raises:
        UnknownEvents: a word is none of these, or there is no word.
    """
    words = [word.strip() for one in asked for word in one.split(",") if word.strip()]
    if not words:
        raise UnknownEvents(f"Name events with --events: types, publishers, or {ALL}.")
    bound: dict[str, set[str]] = {}
    for word in words:
        for publisher, keys in _meant(word, catalogue).items():
            bound.setdefault(publisher, set()).update(keys)
    return {publisher: frozenset(keys) for publisher, keys in sorted(bound.items())}


def _meant(word: str, catalogue: Catalogue) -> Mapping[str, Iterable[str]]:
    if word == ALL:
        return {publisher: newest(keys) for publisher, keys in catalogue.items() if keys}
    if word in catalogue:
        return {word: newest(catalogue[word])}
    if word == MARK:
        return {publisher: [MARK] for publisher in catalogue}
    for publisher, keys in catalogue.items():
        if word in keys:
            return {publisher: [word]}
    raise UnknownEvents(_sentence(word, catalogue))


def newest(keys: Iterable[str]) -> list[str]:
    """Return the routing key of the latest version of each type."""
    found: dict[str, tuple[int, str]] = {}
    for key in keys:
        versioned = VERSION.fullmatch(key)
        type_, number = (versioned["type"], int(versioned["number"])) if versioned else (key, 1)
        found[type_] = max(found.get(type_, (0, "")), (number, key))
    return [key for _, key in found.values()]


def _sentence(word: str, catalogue: Catalogue) -> str:
    names = {name.lower(): name for name in [ALL, MARK, *catalogue]}
    names |= {key.lower(): key for keys in catalogue.values() for key in keys}
    close = [names[name] for name in difflib.get_close_matches(word.lower(), names, n=3, cutoff=0.5)]
    meant = f" Did you mean {' or '.join(close)}?" if close else ""
    return f"There is no event or publisher {word!r}.{meant} `hubctl subscribers events` lists all."
