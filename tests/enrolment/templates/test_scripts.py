"""Names in many scripts on the attendance sheet and the certificate."""

import pytest
from tests.enrolment import papers
from tests.enrolment.papers import pressed

from hub_enrolment.templates.facts import Attendee

NOTE = "written with Latin ones"


@pytest.mark.parametrize(
    ("name", "latin"),
    [
        ("Zoë Łukaszewska-Đorđević", None),
        ("Анна Иванова", None),
        ("Ελένη Παπαδοπούλου", None),
        ("فاطمة الزهراء", None),
        ("علی\u200cرضا", None),
        ("שרה כהן", None),
        ("प्रिया शर्मा", "pri"),
        ("王小明", "Wang"),
        ("김민지", "Gim"),
        ("สมชาย ใจดี", "s"),
        ("Անահիտ Պետրոսյան", "Anahit"),
        ("ნინო ბერიძე", "nino"),
    ],
)
def test_a_name_is_printed_as_it_is_or_with_latin_letters(name: str, latin: str | None) -> None:
    someone = Attendee(name=name, school="Hillside", apologies=False)
    for paper in (papers.sheet(attendees=(someone,)), papers.certificate(name=name)):
        page = " ".join(papers.pages(pressed(paper)))
        assert (NOTE in page) is (latin is not None)
        assert "?" not in page
        assert (latin or "").lower() in page.lower()
