"""Text in letters that can be printed: others are written with Latin ones."""

import unicodedata
from typing import Final

# What the fonts of Typst have, of the scripts in which names are written here; a test prints every letter.
SCRIPTS: Final = (
    range(0x20, 0x7F),
    range(0xA0, 0xAD),  # without the soft hyphen
    range(0xAE, 0x250),  # Latin
    range(0x300, 0x370),  # marks, where there is no letter that has them
    range(0x38E, 0x3A2),  # Greek
    range(0x3A3, 0x500),  # and Cyrillic
    range(0x5D0, 0x5EB),  # Hebrew
    range(0x621, 0x63B),  # Arabic
    range(0x640, 0x656),
    range(0x1E00, 0x1F00),  # Latin with two marks, as in Vietnamese
    range(0x2010, 0x2028),  # dashes and quotation marks
    range(0x20A0, 0x20C0),  # currencies
)
UNTOLD: Final = "?"


def on_one_line(text: str) -> str:
    """The text with single spaces, each letter together with its marks where Unicode has the two as one."""
    return unicodedata.normalize("NFC", " ".join(text.split()))


def in_print(text: str) -> str:
    """The text on one line, with Latin letters for what no font here has."""
    words = on_one_line(text)
    return "".join(letter if _has_glyph(letter) else ascii_only(letter) for letter in words)


def ascii_only(text: str) -> str:
    """The text on one line in ASCII: 李 is Li, Ł is L, and what has no sound is a question mark."""
    from anyascii import anyascii  # here: seldom needed

    words = on_one_line(text)
    told: str = anyascii(words)
    return told or (UNTOLD if words else "")


def _has_glyph(letter: str) -> bool:
    return any(ord(letter) in script for script in SCRIPTS)
