"""One comparison of people's names, for all scripts: lists, search, duplicates and mergers use it alike."""

import unicodedata
from typing import Final

# Letters that Unicode does not decompose into a base letter with a mark, although people without the key on
# their keyboard type the base letter: Lukaszewska for Łukaszewska. The spelling is the one that passports use
# (ICAO Doc 9303, part 3, section 6); where that has two letters for a simple bar or hook, the plain letter.
# After `str.casefold`, which has made ß into ss and ς into σ.
PLAIN_LETTERS: Final = str.maketrans(
    {
        "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ħ": "h", "ı": "i", "ȷ": "j",
        "ŋ": "n", "ŧ": "t", "ĸ": "k", "ƀ": "b", "ɓ": "b", "ƈ": "c", "ɖ": "d", "ɗ": "d", "ə": "a", "ǝ": "e",
        "ɛ": "e", "ƒ": "f", "ǥ": "g", "ɠ": "g", "ɣ": "g", "ɨ": "i", "ɩ": "i", "ɉ": "j", "ƙ": "k", "ƚ": "l",
        "ɲ": "n", "ƞ": "n", "ɔ": "o", "ɵ": "o", "ƥ": "p", "ɍ": "r", "ʃ": "s", "ʈ": "t", "ʉ": "u", "ʊ": "u",
        "ʋ": "v", "ƴ": "y", "ɏ": "y", "ƶ": "z", "ȥ": "z", "ʒ": "z",
    }
)  # fmt: skip

# Marks of Latin, Greek, Cyrillic and Armenian letters. The marks of scripts without case are vowels or tones
# (Devanagari, Thai) or part of the letter (Arabic, Japanese), so they stay.
MARKS: Final = range(0x300, 0x370)

# Apostrophes and dots, which people type in several ways or leave out. Hyphens, spaces and invisible
# characters are recognised by their category.
IGNORED: Final = frozenset("'`´’‘‛′‵ʹʻʼʽʾʿˈˊˋ՚׳״＇.․·‧・･•")
IGNORED_CATEGORIES: Final = frozenset({"Pd", "Zs", "Zl", "Zp", "Cc", "Cf"})
MINUS: Final = "−"  # a symbol to Unicode, a hyphen to whoever types it


def name_key(text: str) -> str:
    """The key by which a name is stored, compared and searched; two names are the same when their keys are.

    Case, accents, apostrophes, hyphens, dots and spaces do not count. A name that consists of nothing else,
    such as "-", keeps its own characters, so that the same text is always the same name.
    """
    if text.isascii() and text.isalpha():
        return text.lower()
    folded = _decomposed(_decomposed(text).casefold())
    kept = "".join(letter for letter in folded if ord(letter) not in MARKS and not _ignored(letter))
    if kept:
        return unicodedata.normalize("NFC", kept.translate(PLAIN_LETTERS))
    return "".join(_decomposed(text).split())


def full_name(given: str, family: str) -> str:
    """A name as it is shown; who has one name only has it in one of the two."""
    return f"{given} {family}".strip()


def listed_name(given: str, family: str) -> str:
    """A name as a list shows it, family name first."""
    return f"{family}, {given}" if given and family else given or family


def same_name(a: str, b: str) -> bool:
    """Whether two ways of writing are one name."""
    return name_key(a) == name_key(b)


def search_keys(text: str) -> list[str]:
    """The words of a search as keys, each to be found in a name, in any order."""
    return list(dict.fromkeys(name_key(word) for word in text.split()))


def _decomposed(text: str) -> str:
    return unicodedata.normalize("NFKD", text)


def _ignored(letter: str) -> bool:
    return letter in IGNORED or letter == MINUS or unicodedata.category(letter) in IGNORED_CATEGORIES
