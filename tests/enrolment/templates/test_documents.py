"""Documents as PDF: tagged for screen readers, printable for every name, reproducible."""

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.enrolment import documents
from tests.enrolment.documents import pressed
from tests.support.elsewhere import HASH_SEED

from hub_enrolment.domain.documents import spoken_duration
from hub_enrolment.templates import fonts, press, printing
from hub_enrolment.templates.facts import Attendee, Document
from hub_enrolment.templates.press import FOLDER
from hub_enrolment.templates.printing import TEMPLATES, printed
from hub_enrolment.templates.spelling import SCRIPTS, ascii_only, in_print, on_one_line
from hub_platform.child import ChildFailed

NOTE = "written in Latin script"
# Text as commands accept it (commands.texts): without control characters and surrogates, never blank.
TYPED = st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=40).filter(str.strip)


@pytest.mark.parametrize(
    ("document", "wanted"),
    [
        (documents.sheet(), {"/H1", "/P", "/Table", "/TR", "/TH", "/TD"}),
        (documents.certificate(), {"/H1", "/P"}),
    ],
)
def test_a_document_has_title_language_and_tags_for_screen_readers(
    document: Document, wanted: set[str]
) -> None:
    pdf = pressed(document)
    root = documents.catalog(pdf)
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en-GB"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert b"pdfuaid" in root["/Metadata"].get_data()
    assert document.title in root["/Metadata"].get_data().decode()
    assert wanted <= documents.tags(pdf)


def test_equal_facts_give_equal_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    document = documents.sheet()
    for name, value in HASH_SEED.items():
        monkeypatch.setenv(name, value)  # of the child process
    assert printed(document) == pressed(document)
    assert pressed(document) != pressed(documents.sheet(place="At Hillside"))


def test_child_process_prints_the_same_bytes() -> None:
    document = documents.sheet(group='Ζωή 李 \u2028 "quoted"')
    assert printed(document) == pressed(document)


def test_failure_of_the_child_process_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(printing.TEMPLATES, type(documents.sheet()), "missing.typ")
    with pytest.raises(ChildFailed, match="exited"):
        printed(documents.sheet())


def test_each_template_belongs_to_a_document() -> None:
    assert {path.name for path in FOLDER.glob("[!_]*.typ")} == set(TEMPLATES.values())


@pytest.mark.parametrize(("attendees_n", "pages_n"), [(0, 1), (20, 1), (24, 2), (60, 3)])
def test_twenty_participants_fit_on_one_page(attendees_n: int, pages_n: int) -> None:
    told = documents.pages(pressed(documents.sheet(attendees=documents.attendees(attendees_n))))
    assert len(told) == pages_n
    for number, page in enumerate(told, start=1):
        assert f"Page {number} of {pages_n}" in page
    assert all(f"Noether-{n}, Emmy" in " ".join(told) for n in range(1, attendees_n + 1))


def test_table_heading_is_repeated_on_each_page() -> None:
    told = documents.pages(pressed(documents.sheet(attendees=documents.attendees(60))))
    assert all("Name School Present Late Left early Signature" in page for page in told)


def test_apologies_received_are_printed() -> None:
    sorry = Attendee(name="Noether, Emmy", school="Hillside", apologies=True)
    assert "Apologies received" in documents.pages(pressed(documents.sheet(attendees=(sorry,))))[0]
    assert "Apologies received" not in documents.pages(pressed(documents.sheet()))[0]


@pytest.mark.parametrize("typed", ["#panic()", "*x*", "]] $x$ \\", "<a>", "@b", "#sys.inputs", "= x", "// y"])
def test_facts_are_printed_as_text_never_as_markup(typed: str) -> None:
    attendee = Attendee(name=typed, school=typed, apologies=False)
    sheet = documents.sheet(group=typed, place=typed, leads=(typed,), attendees=(attendee,))
    assert documents.pages(pressed(sheet))[0].count(typed) == 5
    certificate = documents.certificate(hub=typed, lead_school=typed, name=typed, school=typed)
    assert documents.pages(pressed(certificate))[0].count(typed) == 5


@pytest.mark.parametrize("name", ["Łucja Żółć", "Nguyễn Thị", "Παππά", "Шевченко", "O’Brien-Müller"])
def test_names_are_printed_in_their_own_script(name: str) -> None:
    told = documents.pages(pressed(documents.certificate(name=name)))[0]
    assert name in told
    assert NOTE not in told


def test_combining_mark_is_composed_with_its_character() -> None:
    assert in_print("Zoe\u0308") == "Zoë"
    assert NOTE not in documents.pages(pressed(documents.certificate(name="Zoe\u0308")))[0]


@pytest.mark.parametrize(
    ("name", "told"), [("李 明", "Li Ming"), ("Kim 김", "Kim Gim"), ("Emmy 🎉", "Emmy :tada:")]
)
def test_characters_without_a_glyph_are_transliterated(
    monkeypatch: pytest.MonkeyPatch, name: str, told: str
) -> None:
    monkeypatch.setattr(fonts, "FOLDERS", ())
    page = documents.pages(pressed(documents.certificate(name=name)))[0]
    assert told in page
    assert NOTE in page


def test_characters_without_a_sound_become_question_marks() -> None:
    assert (in_print("\ue000"), ascii_only("\ue000"), in_print("")) == ("?", "?", "")


def test_each_declared_character_has_a_glyph() -> None:
    characters = [chr(code) for script in SCRIPTS for code in script]
    some = Attendee(name=" ".join(f"a{character}" for character in characters), school="", apologies=False)
    assert NOTE not in "".join(documents.pages(pressed(documents.sheet(attendees=(some,)))))


@settings(max_examples=40, deadline=None)
@given(TYPED)
def test_any_name_is_printed(name: str) -> None:
    attendee = Attendee(name=name, school=name, apologies=False)
    assert pressed(documents.sheet(group=name, attendees=(attendee,))).startswith(b"%PDF-")


def test_a_missing_glyph_does_not_prevent_printing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(
        press, "in_print", lambda text, *_: on_one_line(text)
    )  # claims that every character has a glyph
    page = documents.pages(pressed(documents.certificate(name="李 Łucja 🎉")))[0]
    assert "Li Lucja" in page
    assert NOTE in page


def test_a_long_word_is_broken_at_the_width_of_its_cell() -> None:
    attendee = Attendee(name="W" * 100, school="S" * 200, apologies=False)
    lines = documents.lines(pressed(documents.sheet(attendees=(attendee,), day="8 October 2025")))
    assert sum(line.count("W") for line in lines) == 100
    assert max(line.count("W") for line in lines) <= 9  # 4 mm each in a column of 38 mm


def test_certificate_without_a_hub_description_says_maths_hub() -> None:
    plain = documents.certificate(hub=None, lead_school=None, dates=None, held_n=0, sessions_n=0)
    page = documents.pages(pressed(plain))[0]
    assert page.startswith("Maths Hub Certificate of completion")
    assert "attended" not in page


def test_importing_the_service_does_not_load_the_printer() -> None:
    looked = (
        "import sys, hub_enrolment.service; sys.exit('typst' in sys.modules or 'anyascii' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", looked], check=False, timeout=60)
    assert done.returncode == 0


@pytest.mark.parametrize(
    ("minutes", "said"),
    [
        (0, "0 hours"),
        (1, "1 minute"),
        (59, "59 minutes"),
        (60, "1 hour"),
        (61, "1 hour 1 minute"),
        (120, "2 hours"),
        (450, "7 hours 30 minutes"),
    ],
)
def test_durations_are_spelled_out(minutes: int, said: str) -> None:
    assert spoken_duration(minutes) == said
