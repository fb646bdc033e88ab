"""Names in many scripts on attendance sheet and certificate, with the machine's fonts and without."""

import os
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.enrolment import documents
from tests.enrolment.documents import pressed
from tests.enrolment.pdf_text import has_name
from tests.enrolment.scripts import ALWAYS_PRINTED, NAMES

from hub_enrolment.templates import fonts
from hub_enrolment.templates.facts import Attendee
from hub_enrolment.templates.fonts import SCRIPTS, copy_all, fonts_for
from hub_enrolment.templates.spelling import in_print

NOTE = "written in Latin script"


@pytest.fixture(name="bare")
def _bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hide the fonts of this machine."""
    monkeypatch.setattr(fonts, "FOLDERS", ())


def both(name: str) -> list[bytes]:
    """Return the sheet and the certificate with a name."""
    attendee = Attendee(name=name, school=f"School of {name}", apologies=False)
    return [pressed(documents.sheet(attendees=(attendee,))), pressed(documents.certificate(name=name))]


def is_installed(script: str) -> bool:
    """Return whether this machine can print a script; `.ci/run` installs the fonts."""
    installed = bool(fonts_for("".join(NAMES[script]))) or script in ALWAYS_PRINTED
    assert installed or "CI" not in os.environ
    return installed


@pytest.mark.parametrize("script", NAMES)
def test_a_name_is_printed_in_its_own_script(script: str) -> None:
    name = " ".join(NAMES[script])
    for pdf in both(name):
        page = " ".join(documents.pages(pdf))
        assert (NOTE not in page) is is_installed(script)
        assert has_name(pdf, name) or not is_installed(script)


@pytest.mark.usefixtures("bare")
@pytest.mark.parametrize("script", NAMES)
def test_without_fonts_a_name_is_transliterated_with_a_note(script: str) -> None:
    name = " ".join(NAMES[script])
    for pdf in both(name):
        page = " ".join(documents.pages(pdf))
        assert (NOTE in page) is (script not in ALWAYS_PRINTED)
        assert "?" not in page
        assert has_name(pdf, name) or script not in ALWAYS_PRINTED


@pytest.mark.usefixtures("bare")
@pytest.mark.parametrize(
    ("script", "latin"),
    [("Chinese", "Wang"), ("Korean", "Gim"), ("Armenian", "Anahit"), ("Georgian", "nino"), ("Thai", "s")],
)
def test_without_fonts_transliteration_follows_the_sound(script: str, latin: str) -> None:
    for pdf in both(" ".join(NAMES[script])):
        assert latin.lower() in " ".join(documents.pages(pdf)).lower()


def test_one_sheet_has_names_of_all_scripts() -> None:
    people = [Attendee(name=" ".join(name), school="Hillside", apologies=False) for name in NAMES.values()]
    pdf = pressed(documents.sheet(attendees=tuple(people)))
    missing = [one.name for one in people if not has_name(pdf, one.name)]
    assert missing == [" ".join(NAMES[script]) for script in NAMES if not is_installed(script)]


@pytest.mark.parametrize(
    ("characters", "printed"), [("\u0646\u06cc", "\u0646\u06cc\u200c\u06a9"), ("", "\u0646\u06cc\u06a9")]
)
def test_joiner_is_kept_after_a_character_of_the_machines_fonts(characters: str, printed: str) -> None:
    assert in_print("\u200c\u0646\u06cc\u200c\u06a9", {ord(character) for character in characters}) == printed


def test_a_missing_glyph_does_not_change_other_names() -> None:
    people = tuple(Attendee(name=name, school="", apologies=False) for name in ("王小明", "Emmy 🎉"))
    pdf = pressed(documents.sheet(attendees=people))
    assert has_name(pdf, "王小明") is is_installed("Chinese")
    assert "Emmy :tada:" in " ".join(documents.pages(pdf))
    assert NOTE in " ".join(documents.pages(pdf))


def test_a_mark_without_a_character_does_not_change_other_names() -> None:
    people = tuple(Attendee(name=name, school="", apologies=False) for name in ("王小明", "Emmy\u0951"))
    pdf = pressed(documents.sheet(attendees=people))
    assert has_name(pdf, "王小明") is is_installed("Chinese")
    assert NOTE in " ".join(documents.pages(pdf))


def test_a_long_name_is_broken_between_syllables_and_never_within_one() -> None:
    name = "வெங்கடசுப்பிரமணியன்" * 3
    attendee = Attendee(name=name, school=name, apologies=False)
    assert has_name(pressed(documents.sheet(attendees=(attendee,))), name) is is_installed("Tamil")


def test_each_character_of_a_font_is_printed() -> None:
    samples = (chr(code) for one in SCRIPTS for block in one.ranges for code in block[::97])
    for font in fonts_for("".join(samples)):
        characters = sorted(font.characters)
        own = next(chr(code) for code in characters if unicodedata.category(chr(code))[0] == "L")
        some = " ".join(f"{own}{chr(code)}" for code in characters[:: len(characters) // 500 + 1])
        pdf = pressed(documents.sheet(attendees=(Attendee(name=some, school="", apologies=False),)))
        assert NOTE not in "".join(documents.pages(pdf)), font.family


@pytest.mark.parametrize("content", [b"", b"no font", b"ttcf" + b"\xff" * 40, b"\0\1\0\0\0\1" + b"cmap" * 20])
def test_a_damaged_font_is_ignored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    (tmp_path / "NotoSansCJK-Regular.ttc").write_bytes(content)
    monkeypatch.setattr(fonts, "FOLDERS", (tmp_path,))
    assert NOTE in documents.pages(pressed(documents.certificate(name="王小明")))[0]


def test_copying_fonts_fails_if_one_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source, target = tmp_path / "from", tmp_path / "to"
    source.mkdir()
    target.mkdir()
    monkeypatch.setattr(fonts, "FOLDERS", (source,))
    for one in SCRIPTS:
        (source / one.file).write_bytes(b"font")
    copy_all(target)
    assert {path.name for path in target.iterdir()} == {one.file for one in SCRIPTS}
    (source / SCRIPTS[0].file).unlink()
    with pytest.raises(FileNotFoundError, match=SCRIPTS[0].file):
        copy_all(target)


@settings(max_examples=60, deadline=None)
@given(
    st.text(
        st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1, max_size=20
    ).filter(str.strip)
)
def test_no_character_is_printed_as_a_box(name: str) -> None:
    for pdf in both(name):
        has_name(pdf, name)  # fails on a box
