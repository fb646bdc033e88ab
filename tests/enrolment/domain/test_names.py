"""When two ways of writing are one name, in many scripts."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub_enrolment.domain.names import full_name, listed_name, name_key, same_name, search_keys

# Latin, Cyrillic, Greek, Arabic, Hebrew, Devanagari, Chinese, Korean, Thai, Armenian, Georgian, Japanese.
SCRIPTS = (
    "Zoë Łukaszewska", "Иванова Анна", "Παπαδοπούλου Ελένη", "فاطمة الزهراء", "שרה כהן", "प्रिया शर्मा", "王小明",  # noqa: E501 - wide characters
    "김민지", "สมชาย ใจดี", "Անահիտ Պետրոսյան", "ნინო ბერიძე", "さくら", "-", "王", "'", "X Æ",
)  # fmt: skip


@pytest.mark.parametrize("name", SCRIPTS)
def test_the_same_text_is_the_same_name(name: str) -> None:
    assert same_name(name, name)
    assert name_key(name)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Łukaszewska", "LUKASZEWSKA"),
        ("Sørensen", "Sorensen"),
        ("Weiß", "WEISS"),
        ("Đorđević", "Dordevic"),
        ("Æsir Þór", "Aesir Thor"),
        ("Işık", "ISIK"),
        ("İnan", "inan"),
        ("Ħaż-Żabbar", "Haz Zabbar"),
        ("O'Brien", "O Brien"),
        ("O’Brien", "OBrien"),
        ("Oʻbrien", "O`Brien"),
        ("Smith-Jones", "SmithJones"),
        ("Smith\u2010Jones", "Smith\u2212Jones"),
        ("Smith\u00a0Jones", "Smith\u200bJones"),
        ("St. John", "St John"),
        ("Nguyễn", "NGUYEN"),
        ("Zoe\u0308", "Zoë"),
        ("Ёлкина", "ЕЛКИНА"),
        ("Παπαδόπουλος", "ΠΑΠΑΔΟΠΟΥΛΟΣ"),
        ("ԱՆԱՀԻՏ", "Անահիտ"),
        ("Ｗａｎｇ", "Wang"),
        ("בן־דוד", "בן דוד"),
        ("علی\u200cرضا", "علیرضا"),
        ("L·l", "ll"),
    ],
)
def test_ways_of_writing_one_name(one: str, other: str) -> None:
    assert same_name(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Patel", "Patil"),
        ("Иванова", "Петрова"),
        ("王", "黄"),
        ("मीरा", "मीर"),  # a vowel sign of a script without case is no accent
        ("ใจดี", "ใจดา"),
        ("がく", "かく"),
        ("-", "王"),
        ("-", "'"),
        ("김", "금"),
    ],
)
def test_other_names(one: str, other: str) -> None:
    assert not same_name(one, other)


@given(text=st.text(max_size=30))
def test_equal_text_is_equal_in_every_case_and_normal_form(text: str) -> None:
    assert same_name(text, unicodedata.normalize("NFC", text))
    assert same_name(text, unicodedata.normalize("NFD", text))
    assert bool(name_key(text)) == bool(text.strip()) or not text.isprintable()


@given(text=st.text(alphabet="aå-'. øßλЖ王", max_size=12))
def test_a_key_is_its_own_key(text: str) -> None:
    assert name_key(name_key(text)) == name_key(text)


@pytest.mark.parametrize(
    ("given_name", "family", "full", "listed"),
    [
        ("Ada", "Lovelace", "Ada Lovelace", "Lovelace, Ada"),
        ("", "Sukarno", "Sukarno", "Sukarno"),
        ("王", "", "王", "王"),
    ],
)
def test_one_name_is_shown_without_a_gap(given_name: str, family: str, full: str, listed: str) -> None:
    assert (full_name(given_name, family), listed_name(given_name, family)) == (full, listed)


def test_a_search_is_words_each_once() -> None:
    assert search_keys(" O'Brien  ŁUKASZ lukasz ") == ["obrien", "lukasz"]
