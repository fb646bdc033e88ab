"""Fonts of the machine for scripts that the fonts inside Typst do not have.

They are in Debian's packages `fonts-noto-core` and `fonts-noto-cjk`; their files are found by name.
`python -m hub_enrolment.templates.fonts FOLDER` copies them into a folder, for an image.
"""

import os
import shutil
import struct
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from hub_enrolment.templates.glyphs import characters_of

FOLDERS: Final = (
    Path("/usr/share/fonts"),
    Path("/usr/local/share/fonts"),
    Path("~/.local/share/fonts"),
    Path("~/.fonts"),
    Path("/Library/Fonts"),
    Path("~/Library/Fonts"),
)


@dataclass(frozen=True)
class Script:
    """The font that prints the characters of some Unicode ranges."""

    file: str
    family: str
    ranges: tuple[range, ...]


@dataclass(frozen=True)
class Font:
    """A font of the machine that is used in one document."""

    path: Path
    family: str
    covers: str  # the characters for which it is used, as a regular expression of Typst
    characters: frozenset[int] = field(repr=False)


def _serif(name: str, *ranges: tuple[int, int]) -> Script:
    return _script(f"NotoSerif{name}-Regular.ttf", f"Noto Serif {name}", *ranges)


def _sans(name: str, *ranges: tuple[int, int]) -> Script:
    return _script(f"NotoSans{name}-Regular.ttf", f"Noto Sans {name}", *ranges)


def _script(file: str, family: str, *ranges: tuple[int, int]) -> Script:
    return Script(file, family, tuple(range(first, last + 1) for first, last in ranges))


# Blocks of Unicode 15. Chinese, Japanese and Korean names share one font, whose Chinese forms are used.
SCRIPTS: Final = (
    _serif("Armenian", (0x0530, 0x058F), (0xFB13, 0xFB17)),
    _script("NotoNaskhArabic-Regular.ttf", "Noto Naskh Arabic", (0x0600, 0x06FF), (0x0750, 0x077F)),
    _sans("Syriac", (0x0700, 0x074F)),
    _sans("Thaana", (0x0780, 0x07BF)),
    _serif("Devanagari", (0x0900, 0x097F), (0xA8E0, 0xA8FF)),
    _serif("Bengali", (0x0980, 0x09FF)),
    _serif("Gurmukhi", (0x0A00, 0x0A7F)),
    _serif("Gujarati", (0x0A80, 0x0AFF)),
    _sans("Oriya", (0x0B00, 0x0B7F)),
    _serif("Tamil", (0x0B80, 0x0BFF)),
    _serif("Telugu", (0x0C00, 0x0C7F)),
    _serif("Kannada", (0x0C80, 0x0CFF)),
    _serif("Malayalam", (0x0D00, 0x0D7F)),
    _serif("Sinhala", (0x0D80, 0x0DFF)),
    _serif("Thai", (0x0E00, 0x0E7F)),
    _serif("Lao", (0x0E80, 0x0EFF)),
    _serif("Tibetan", (0x0F00, 0x0FFF)),
    _serif("Myanmar", (0x1000, 0x109F), (0xA9E0, 0xA9FF), (0xAA60, 0xAA7F)),
    _serif("Georgian", (0x10A0, 0x10FF), (0x1C90, 0x1CBF), (0x2D00, 0x2D2F)),
    _serif("Ethiopic", (0x1200, 0x139F), (0x2D80, 0x2DDF), (0xAB00, 0xAB2F)),
    _serif("Khmer", (0x1780, 0x17FF), (0x19E0, 0x19FF)),
    _sans("Tifinagh", (0x2D30, 0x2D7F)),
    _script(
        "NotoSansCJK-Regular.ttc",
        "Noto Sans CJK SC",
        (0x1100, 0x11FF),
        (0x2E80, 0x2FDF),
        (0x3000, 0x33FF),
        (0x3400, 0x9FFF),
        (0xA960, 0xA97F),
        (0xAC00, 0xD7FF),
        (0xF900, 0xFAFF),
        (0xFE30, 0xFE4F),
        (0xFF00, 0xFFEF),
        (0x20000, 0x3FFFD),
    ),
)


def fonts_for(text: str) -> list[Font]:
    """Return the fonts of this machine that print characters of a text, in the order of the table."""
    characters = {ord(character) for character in text}
    wanted = [
        one for one in SCRIPTS if any(character in known for character in characters for known in one.ranges)
    ]
    files = _found({one.file for one in wanted}) if wanted else {}
    fonts = (_font(one, files[one.file]) for one in wanted if one.file in files)
    return [font for font in fonts if font is not None and not font.characters.isdisjoint(characters)]


def copy_all(target: Path) -> None:
    """Copy the font of every script into a folder.

    Raises:
        FileNotFoundError: this machine does not have one of them.
    """
    names = {one.file for one in SCRIPTS}
    files = _found(names)
    if missing := names - files.keys():
        raise FileNotFoundError(f"no font {', '.join(sorted(missing))}")
    for path in files.values():
        shutil.copyfile(path, target / path.name)


def _font(script: Script, path: Path) -> Font | None:
    """Return the font; None when its file is damaged, so that the text is transliterated."""
    try:
        characters = characters_of(path)
    except (OSError, ValueError, struct.error):
        return None
    known = frozenset(
        character for character in characters if any(character in known for known in script.ranges)
    )
    return Font(path, script.family, _covers(script.ranges), known)


def _covers(ranges: Iterable[range]) -> str:
    spans = "".join(f"\\u{{{one[0]:x}}}-\\u{{{one[-1]:x}}}" for one in ranges)
    return f"[{spans}]"


def _found(names: set[str]) -> Mapping[str, Path]:
    """Return the first file of each name below the font folders."""
    found: dict[str, Path] = {}
    for folder in FOLDERS:
        for parent, _, files in os.walk(folder.expanduser()):
            for name in names.intersection(files) - found.keys():
                found[name] = Path(parent, name)
    return found


if __name__ == "__main__":
    copy_all(Path(sys.argv[1]))
