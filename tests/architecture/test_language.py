"""Plain technical English: language.toml lists the banned phrases and the paths that are free of them."""

import pytest
from tests.support import language

from hub_local.places import ROOT

CASES = [
    ('"""Stop what somebody began."""', "somebody"),
    ('"""What a school owes."""', "What"),
    ('"""Tell the PD lead."""', "Tell"),
    ("# Nobody asks twice\n", "Nobody"),
    ("# of the post\n# office\n", "post office"),
    ("def open_letters() -> None: ...", "letters"),
    ("class IsOver: ...", "is over"),
    ('SQL = "SELECT count(*) AS still"', "AS still"),
    ('def read_marks():\n    """Reads the marks."""', '"Reads the marks."'),
    ('def read_marks():\n    """Reads it."""', '"Reads it."'),
]


def words_found(source: str) -> list[str]:
    return [finding.found for finding in language.judge("services/some.py", source)[0]]


@pytest.mark.parametrize(("source", "found"), CASES)
def test_banned_phrase_is_found(source: str, found: str) -> None:
    assert words_found(source) == [found]


def test_plain_sentence_passes() -> None:
    source = '''
def read_marks(register: str) -> list[str]:
    """Return the marks of one register, in the order of the participants' family names."""
    return register.split()  # capital letters; `told_later` is a code
'''
    assert words_found(source) == []


def test_finding_names_file_line_and_replacement() -> None:
    finding = language.judge("docs/some.md", "# Components\n\nNobody reads it.\n")[0][0]
    assert str(finding).startswith("docs/some.md:3: Nobody → the role: ")


def test_opening_of_a_heading_is_read() -> None:
    assert [f.found for f in language.judge("docs/some.md", "## Who may read\n\nWho reads?\n")[0]] == ["Who"]


def test_checked_paths_are_free_of_findings() -> None:
    checked = language.rules().checked
    found = (
        [str(one) for name in language.tracked(checked) for one in language.findings(name)[0]]
        if checked
        else []
    )
    assert found == [], (
        "see `python -m tests.support.language`; a use that is the field's goes to language.toml"
    )


def test_checked_and_skipped_paths_exist() -> None:
    listed = language.rules().checked + language.rules().skipped
    assert [path for path in listed if not (ROOT / path).exists()] == []


def test_every_permitted_use_occurs() -> None:
    """An entry for all files is not looked for: that would read each of them a second time."""
    allowed = [one for one in language.rules().allowed if one.file]
    used = {
        one for name in language.tracked(one.file for one in allowed) for one in language.findings(name)[1]
    }
    assert [one for one in allowed if one not in used] == []
