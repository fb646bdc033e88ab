"""The comparison of people's names in all scripts, for lists, search, duplicates and mergers."""

import unicodedata
from typing import Final

# Characters that Unicode does not decompose into a base character with a mark, although people type the base
# character where their keyboard lacks the key: Lukaszewska for Łukaszewska. The spelling is that of passports
# (ICAO Doc 9303, part 3, section 6); where that has two characters for a bar or hook, the plain one.
# Applied after `str.casefold`, which has replaced ß by ss and ς by σ.
PLAIN_CHARACTERS: Final = str.maketrans(
    {
        "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ħ": "h", "ı": "i", "ȷ": "j",
        "ŋ": "n", "ŧ": "t", "ĸ": "k", "ƀ": "b", "ɓ": "b", "ƈ": "c", "ɖ": "d", "ɗ": "d", "ə": "a", "ǝ": "e",
        "ɛ": "e", "ƒ": "f", "ǥ": "g", "ɠ": "g", "ɣ": "g", "ɨ": "i", "ɩ": "i", "ɉ": "j", "ƙ": "k", "ƚ": "l",
        "ɲ": "n", "ƞ": "n", "ɔ": "o", "ɵ": "o", "ƥ": "p", "ɍ": "r", "ʃ": "s", "ʈ": "t", "ʉ": "u", "ʊ": "u",
        "ʋ": "v", "ƴ": "y", "ɏ": "y", "ƶ": "z", "ȥ": "z", "ʒ": "z",
    }
)  # fmt: skip

# Marks of Latin, Greek, Cyrillic and Armenian. The marks of scripts without case are vowels or tones
# (Devanagari, Thai) or part of the character (Arabic, Japanese), so they stay.
MARKS: Final = range(0x300, 0x370)

# Apostrophes and dots, which people type in several ways or leave out. Hyphens, spaces and invisible
# characters are recognised by their category.
IGNORED: Final = frozenset("'`´’‘‛′‵ʹʻʼʽʾʿˈˊˋ՚׳״＇.․·‧・･•")
IGNORED_CATEGORIES: Final = frozenset({"Pd", "Zs", "Zl", "Zp", "Cc", "Cf"})
MINUS: Final = "−"  # a symbol in Unicode, typed as a hyphen


def name_key(text: str) -> str:
    """Return the key by which a name is stored, compared and searched; equal names have equal keys.

    Case, accents, apostrophes, hyphens, dots and spaces do not count. A name that consists of nothing else,
    such as "-", keeps its own characters, so that the same text is always the same name.
    """
    if text.isascii() and text.isalpha():
        return text.lower()
    folded = _decomposed(_decomposed(text).casefold())
    kept = "".join(
        character for character in folded if ord(character) not in MARKS and not _ignored(character)
    )
    if kept:
        return unicodedata.normalize("NFC", kept.translate(PLAIN_CHARACTERS))
    return "".join(_decomposed(text).split())


def full_name(given: str, family: str) -> str:
    """Return the full name; a person with only one name has it in either part."""
    return f"{given} {family}".strip()


def listed_name(given: str, family: str) -> str:
    """Return a name for a list, family name first."""
    return f"{family}, {given}" if given and family else given or family


def same_name(a: str, b: str) -> bool:
    """Return whether two spellings are of one name."""
    return name_key(a) == name_key(b)


def search_keys(text: str) -> list[str]:
    """Return the words of a search as keys; a name must contain each, in any order."""
    return list(dict.fromkeys(name_key(word) for word in text.split()))


def _decomposed(text: str) -> str:
    return unicodedata.normalize("NFKD", text)


def _ignored(character: str) -> bool:
    return character in IGNORED or character == MINUS or unicodedata.category(character) in IGNORED_CATEGORIES
