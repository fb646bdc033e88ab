"""The words of a search for schools."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

MOST_WORDS: Final = 10
LONGEST: Final = 100  # characters

OUTWARD: Final = re.compile(r"[a-z]{1,2}[0-9][a-z0-9]?")  # the first half of a postcode: CB2, CB23, W1A
APOSTROPHES: Final = re.compile(r"['’‘`]")
MARKS: Final = re.compile(r"[\u0300-\u036f]")  # accents, which NFD separates
NO_WORD: Final = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True)
class Word:
    """A word of a search; `whole`: without words that only begin with it."""

    text: str  # a-z and 0-9 only
    whole: bool


def words(text: str) -> tuple[str, ...]:
    """Return the words of a text without case, accents and apostrophes, as in the column `schools.search`."""
    plain = MARKS.sub("", unicodedata.normalize("NFD", text)).lower()
    return tuple(word for word in NO_WORD.split(APOSTROPHES.sub("", plain)) if word)


def read_search(text: str) -> tuple[Word, ...]:
    """Return the words of a search; each matches the beginning of a word.

    The first half of a postcode matches only itself: CB2 does not match CB23.
    """
    return tuple(
        Word(word, OUTWARD.fullmatch(word) is not None) for word in dict.fromkeys(words(text)[:MOST_WORDS])
    )
