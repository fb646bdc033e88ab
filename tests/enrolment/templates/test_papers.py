"""Papers as PDF: for screen readers, for every name, on few pages, the same bytes for the same facts."""

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.enrolment import papers
from tests.enrolment.papers import pressed
from tests.support.elsewhere import HASH_SEED

from hub_enrolment.domain.documents import spoken_duration
from hub_enrolment.templates import fonts, press, printing
from hub_enrolment.templates.facts import Attendee, Paper
from hub_enrolment.templates.press import FOLDER
from hub_enrolment.templates.printing import TEMPLATES, printed
from hub_enrolment.templates.spelling import SCRIPTS, ascii_only, in_print, on_one_line
from hub_platform.child import ChildFailed

NOTE = "written with Latin ones"
# No control characters and no half characters: no text that is kept has them (commands.texts).
# As the commands accept it: never blank (U+2028 alone is).
TYPED = st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=40).filter(str.strip)


@pytest.mark.parametrize(
    ("paper", "wanted"),
    [
        (papers.sheet(), {"/H1", "/P", "/Table", "/TR", "/TH", "/TD"}),
        (papers.certificate(), {"/H1", "/P"}),
    ],
)
def test_a_paper_tells_a_screen_reader_its_title_language_and_parts(paper: Paper, wanted: set[str]) -> None:
    pdf = pressed(paper)
    root = papers.catalog(pdf)
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en-GB"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert b"pdfuaid" in root["/Metadata"].get_data()
    assert paper.title in root["/Metadata"].get_data().decode()
    assert wanted <= papers.tags(pdf)


def test_the_same_facts_make_the_same_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    paper = papers.sheet()
    for name, value in HASH_SEED.items():
        monkeypatch.setenv(name, value)  # of the press beside us
    assert printed(paper) == pressed(paper)
    assert pressed(paper) != pressed(papers.sheet(place="At Hillside"))


def test_the_press_beside_the_service_prints_just_so() -> None:
    paper = papers.sheet(group='Ζωή 李 \u2028 "quoted"')
    assert printed(paper) == pressed(paper)


def test_a_press_that_fails_is_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(printing.TEMPLATES, type(papers.sheet()), "missing.typ")
    with pytest.raises(ChildFailed, match="exited"):
        printed(papers.sheet())


def test_every_template_is_some_papers() -> None:
    assert {path.name for path in FOLDER.glob("[!_]*.typ")} == set(TEMPLATES.values())


@pytest.mark.parametrize(("attendees_n", "pages_n"), [(0, 1), (20, 1), (24, 2), (60, 3)])
def test_twenty_participants_stand_on_one_page(attendees_n: int, pages_n: int) -> None:
    told = papers.pages(pressed(papers.sheet(attendees=papers.attendees(attendees_n))))
    assert len(told) == pages_n
    for number, page in enumerate(told, start=1):
        assert f"Page {number} of {pages_n}" in page
    assert all(f"Noether-{n}, Emmy" in " ".join(told) for n in range(1, attendees_n + 1))


def test_a_long_list_repeats_its_heading_on_each_page() -> None:
    told = papers.pages(pressed(papers.sheet(attendees=papers.attendees(60))))
    assert all("Name School Present Late Left early Signature" in page for page in told)


def test_apologies_are_marked_before() -> None:
    sorry = Attendee(name="Noether, Emmy", school="Hillside", apologies=True)
    assert "Apologies received" in papers.pages(pressed(papers.sheet(attendees=(sorry,))))[0]
    assert "Apologies received" not in papers.pages(pressed(papers.sheet()))[0]


@pytest.mark.parametrize("typed", ["#panic()", "*x*", "]] $x$ \\", "<a>", "@b", "#sys.inputs", "= x", "// y"])
def test_what_somebody_typed_is_text_and_no_markup(typed: str) -> None:
    someone = Attendee(name=typed, school=typed, apologies=False)
    sheet = papers.sheet(group=typed, place=typed, leads=(typed,), attendees=(someone,))
    assert papers.pages(pressed(sheet))[0].count(typed) == 5
    certificate = papers.certificate(hub=typed, lead_school=typed, name=typed, school=typed)
    assert papers.pages(pressed(certificate))[0].count(typed) == 5


@pytest.mark.parametrize("name", ["Łucja Żółć", "Nguyễn Thị", "Παππά", "Шевченко", "O’Brien-Müller"])
def test_names_are_printed_in_their_own_letters(name: str) -> None:
    told = papers.pages(pressed(papers.certificate(name=name)))[0]
    assert name in told
    assert NOTE not in told


def test_a_letter_with_its_mark_beside_it_is_one_letter() -> None:
    assert in_print("Zoe\u0308") == "Zoë"
    assert NOTE not in papers.pages(pressed(papers.certificate(name="Zoe\u0308")))[0]


@pytest.mark.parametrize(
    ("name", "told"), [("李 明", "Li Ming"), ("Kim 김", "Kim Gim"), ("Emmy 🎉", "Emmy :tada:")]
)
def test_letters_that_no_font_has_are_written_with_latin_ones(
    monkeypatch: pytest.MonkeyPatch, name: str, told: str
) -> None:
    monkeypatch.setattr(fonts, "FOLDERS", ())
    page = papers.pages(pressed(papers.certificate(name=name)))[0]
    assert told in page
    assert NOTE in page


def test_what_has_no_sound_is_a_question_mark() -> None:
    assert (in_print("\ue000"), ascii_only("\ue000"), in_print("")) == ("?", "?", "")


def test_every_letter_that_is_said_to_have_a_glyph_has_one() -> None:
    letters = [chr(code) for script in SCRIPTS for code in script]
    some = Attendee(name=" ".join(f"a{letter}" for letter in letters), school="", apologies=False)
    assert NOTE not in "".join(papers.pages(pressed(papers.sheet(attendees=(some,)))))


@settings(max_examples=40, deadline=None)
@given(TYPED)
def test_every_name_is_pressed(name: str) -> None:
    someone = Attendee(name=name, school=name, apologies=False)
    assert pressed(papers.sheet(group=name, attendees=(someone,))).startswith(b"%PDF-")


def test_a_letter_that_was_thought_to_have_a_glyph_does_not_lose_the_paper(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(press, "in_print", lambda text, *_: on_one_line(text))  # every letter is printable
    page = papers.pages(pressed(papers.certificate(name="李 Łucja 🎉")))[0]
    assert "Li Lucja" in page
    assert NOTE in page


def test_a_name_of_one_long_word_goes_on_in_the_next_line() -> None:
    someone = Attendee(name="W" * 100, school="S" * 200, apologies=False)
    lines = papers.lines(pressed(papers.sheet(attendees=(someone,), day="8 October 2025")))
    assert sum(line.count("W") for line in lines) == 100
    assert max(line.count("W") for line in lines) <= 9  # 4 mm each in a column of 38 mm


def test_a_hub_that_nobody_has_described_is_a_maths_hub() -> None:
    plain = papers.certificate(hub=None, lead_school=None, dates=None, held_n=0, sessions_n=0)
    page = papers.pages(pressed(plain))[0]
    assert page.startswith("Maths Hub Certificate of completion")
    assert "attended" not in page


def test_a_service_that_prints_nothing_loads_no_printer() -> None:
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
def test_a_duration_as_it_is_said(minutes: int, said: str) -> None:
    assert spoken_duration(minutes) == said
