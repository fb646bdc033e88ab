"""Text in letters that can be printed: others are written with Latin ones."""

import unicodedata
from collections.abc import Set
from itertools import groupby
from operator import itemgetter
from typing import Final

# What the fonts of Typst have; a test prints every letter. `fonts` has the scripts of fonts of the machine.
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
    *(range(code, code + 1) for code in (0x67E, 0x686, 0x698, 0x6A9, 0x6AF, 0x6CC)),  # of Persian
    range(0x1E00, 0x1F00),  # Latin with two marks, as in Vietnamese
    range(0x2010, 0x2028),  # dashes and quotation marks
    range(0x20A0, 0x20C0),  # currencies
)
UNTOLD: Final = "?"
JOINERS: Final = dict.fromkeys((0x200C, 0x200D))


def on_one_line(text: str) -> str:
    """The text with single spaces, each letter together with its marks where Unicode has the two as one.

    Joiners, with which Persian and Indian names are spelled, are invisible and left out.
    """
    return _composed(text.translate(JOINERS))


def in_print(text: str, letters: Set[int] = frozenset()) -> str:
    """The text on one line, with Latin letters for what no font here has.

    Neighbours are written together: a mark such as the virama of Devanagari has no sound of its own.

    Args:
        text: what is to be printed.
        letters: those that fonts of the machine have. A joiner between two of them stays, as it decides on
            their form.
    """
    kept = _composed(_joined(text, letters))
    pairs = zip(f" {kept}", kept, strict=False)
    told = [(_is_printed(letter, letters, after=before), letter) for before, letter in pairs]
    runs = ((known, "".join(letter for _, letter in run)) for known, run in groupby(told, key=itemgetter(0)))
    return "".join(run if known else ascii_only(run) for known, run in runs)


def ascii_only(text: str) -> str:
    """The text on one line in ASCII: 李 is Li, Ł is L, and what has no sound is a question mark."""
    from anyascii import anyascii  # here: seldom needed

    words = on_one_line(text)
    told: str = anyascii(words)
    return told or (UNTOLD if words else "")


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", " ".join(text.split()))


def _joined(text: str, letters: Set[int]) -> str:
    """The text without the joiners that do not follow a letter of a font of the machine."""
    before = f" {text}"
    return "".join(
        letter
        for previous, letter in zip(before, text, strict=False)
        if ord(letter) not in JOINERS or ord(previous) in letters
    )


def _is_printed(letter: str, letters: Set[int], *, after: str) -> bool:
    """Whether a font has a letter. A mark is printed with the font of the letter that it belongs to."""
    code = ord(letter)
    if any(code in script for script in SCRIPTS) or code in JOINERS:
        return True
    is_mark = unicodedata.category(letter).startswith("M")
    return code in letters and (not is_mark or ord(after) in letters or ord(after) in JOINERS)
