"""Spell text in printable characters; others are transliterated into Latin letters."""

import unicodedata
from collections.abc import Set
from itertools import groupby
from operator import itemgetter
from typing import Final

# The characters in the fonts of Typst; a test prints each. `fonts` lists the scripts of the machine's fonts.
SCRIPTS: Final = (
    range(0x20, 0x7F),
    range(0xA0, 0xAD),  # without the soft hyphen
    range(0xAE, 0x250),  # Latin
    range(0x300, 0x370),  # combining marks
    range(0x38E, 0x3A2),  # Greek
    range(0x3A3, 0x500),  # and Cyrillic
    range(0x5D0, 0x5EB),  # Hebrew
    range(0x621, 0x63B),  # Arabic
    range(0x640, 0x656),
    *(range(code, code + 1) for code in (0x67E, 0x686, 0x698, 0x6A9, 0x6AF, 0x6CC)),  # of Persian
    range(0x1E00, 0x1F00),  # Latin with two marks, as in Vietnamese
    range(0x2010, 0x2028),  # dashes and quotation marks
    range(0x20A0, 0x20C0),  # currencies
)
UNKNOWN: Final = "?"
JOINERS: Final = dict.fromkeys((0x200C, 0x200D))


def on_one_line(text: str) -> str:
    """Return the text with single spaces, composed (NFC).

    Joiners, which Persian and Indian names are spelled with, are invisible and left out.
    """
    return _composed(text.translate(JOINERS))


def in_print(text: str, characters: Set[int] = frozenset()) -> str:
    """Return the text on one line, transliterating characters that no font here has.

    Neighbouring characters are transliterated together: a virama of Devanagari has no sound of its own.

    Args:
        text: the text to print.
        characters: those in the machine's fonts. A joiner between two of them stays, as it decides on their
            form.
    """
    kept = _composed(_joined(text, characters))
    pairs = zip(f" {kept}", kept, strict=False)
    known_first = [
        (_is_printed(character, characters, after=before), character) for before, character in pairs
    ]
    runs = (
        (known, "".join(character for _, character in run))
        for known, run in groupby(known_first, key=itemgetter(0))
    )
    return "".join(run if known else ascii_only(run) for known, run in runs)


def ascii_only(text: str) -> str:
    """Return the text on one line in ASCII: 李 is Li, Ł is L, unknown sounds are a question mark."""
    from anyascii import anyascii  # here: seldom needed

    words = on_one_line(text)
    spelled: str = anyascii(words)
    return spelled or (UNKNOWN if words else "")


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", " ".join(text.split()))


def _joined(text: str, characters: Set[int]) -> str:
    """Remove the joiners that do not follow a character of the machine's fonts."""
    before = f" {text}"
    return "".join(
        character
        for previous, character in zip(before, text, strict=False)
        if ord(character) not in JOINERS or ord(previous) in characters
    )


def _is_printed(character: str, characters: Set[int], *, after: str) -> bool:
    """Return whether a font has a character. A mark uses the font of the character that carries it."""
    code = ord(character)
    if any(code in script for script in SCRIPTS) or code in JOINERS:
        return True
    is_mark = unicodedata.category(character).startswith("M")
    return code in characters and (not is_mark or ord(after) in characters or ord(after) in JOINERS)
