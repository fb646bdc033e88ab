"""What somebody types to find a school, as words to look for."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

MOST_WORDS: Final = 10
LONGEST: Final = 100  # characters

OUTWARD: Final = re.compile(r"[a-z]{1,2}[0-9][a-z0-9]?")  # the first half of a postcode: CB2, CB23, W1A
APOSTROPHES: Final = re.compile(r"['’‘`]")
MARKS: Final = re.compile(r"[\u0300-\u036f]")  # what NFD splits off letters with accents
NO_WORD: Final = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True)
class Word:
    """A word to look for: itself, or anything that begins so."""

    text: str  # a-z and 0-9 only
    whole: bool


def words(text: str) -> tuple[str, ...]:
    """The words of a text: without case, accents, apostrophes; `schools.search` has the same rule."""
    plain = MARKS.sub("", unicodedata.normalize("NFD", text)).lower()
    return tuple(word for word in NO_WORD.split(APOSTROPHES.sub("", plain)) if word)


def read_search(text: str) -> tuple[Word, ...]:
    """The words of a question, in any order; each is looked for at the beginning of a word.

    The first half of a postcode is looked for as it is: CB2 is no part of CB23.
    """
    return tuple(
        Word(word, OUTWARD.fullmatch(word) is not None) for word in dict.fromkeys(words(text)[:MOST_WORDS])
    )
