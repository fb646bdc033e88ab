"""docs/glossary.md has every word once and in order, and the words of the code are the ones that it has."""

import ast
import re
from collections import Counter
from collections.abc import Iterator

from hub_contracts import EVENTS, vocabulary
from hub_local.places import ROOT

PAGE = ROOT / "docs" / "glossary.md"
WORDS = "Words of commands and events"
# Constants of the rules that list words which commands, events and lists use.
LISTS = re.compile(
    r"(\w+_)?(STATUSES|ROLES|REASONS|KINDS|KINDS_OWED|MODES|MARKS|PHASES|STRANDS|VIAS|FOCUSES|PARTS|LEVELS|PROGRAMMES)"
    r"|REASONS_\w+|ROLES_MET|CANCELLED_FOR|CORRECTED_FOR|ACTION_OWNERS"
)
WORD = re.compile(r"[a-z][a-z0-9_]*")


def sections() -> dict[str, str]:
    """Heading → text below it."""
    parts = re.split(r"^## (.+)$", PAGE.read_text(), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def listed(text: str) -> list[str]:
    """Return the entry of each line of a list or table: its first bold words, or its first column."""
    entries = [re.match(r"- \*\*(.+?)\*\*", line) for line in text.splitlines() if line.startswith("- ")]
    rows = [line for line in text.splitlines() if line.startswith("|")][2:]
    assert all(entries), text
    return [entry[1] for entry in entries if entry] + [row.split("|")[1].strip() for row in rows]


# Enumerations of the rules that do the same.
ENUMERATIONS = re.compile(
    r"\w*(Status|Role|Reason|Mode|Mark|Phase|Strand|Focus|Part|Level|Owner|Cause)|RegisterFileKind"
)


def domain_words() -> Iterator[tuple[str, str]]:
    """Every word of the published vocabularies and of the lists of the rules, with its place."""
    for name in vocabulary.__all__:
        yield from ((member.value, f"vocabulary.{name}") for member in getattr(vocabulary, name))
    folders = ("domain", "files")
    for path in sorted(path for one in folders for path in (ROOT / "services").glob(f"*/hub_*/{one}/*.py")):
        for node in ast.parse(path.read_text()).body:
            name, value = _list(node)
            if value is not None:
                yield from ((word, f"{path.relative_to(ROOT)}: {name}") for word in _words(value))


def _list(node: ast.stmt) -> tuple[str, ast.AST | None]:
    """The name and values of a statement that lists words, otherwise no values."""
    match node:
        case ast.AnnAssign(target=ast.Name(name), value=ast.expr() as value) if LISTS.fullmatch(name):
            return name, value
        case ast.ClassDef(name=name, bases=[ast.Name("StrEnum")]) if ENUMERATIONS.fullmatch(name):
            members = [one.value for one in node.body if isinstance(one, ast.Assign)]
            return name, ast.List(elts=members)
        case _:
            return "", None


def _words(value: ast.AST) -> Iterator[str]:
    """The strings that are words; of a table of names the keys and values that are."""
    for node in ast.walk(value):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and WORD.fullmatch(node.value):
            yield node.value


def test_every_entry_stands_in_order_below_its_heading() -> None:
    for heading, text in sections().items():
        found = listed(text)
        assert found, heading
        assert found == sorted(found, key=str.casefold), heading


def test_every_word_is_explained_once() -> None:
    bold = re.findall(r"\*\*(.+?)\*\*", PAGE.read_text())
    rows = [name for heading in (WORDS, "Events") for name in listed(sections()[heading])]
    for words in (bold, rows):
        assert [word for word, times in Counter(map(str.casefold, words)).items() if times > 1] == []


def test_every_event_is_named_and_nothing_that_is_none() -> None:
    assert sorted(re.findall(r"`(\w+)`", sections()["Events"])) == sorted(EVENTS)


def test_codes_of_rules_and_of_the_page_are_equal() -> None:
    told = set(re.findall(r"`(\w+)`", sections()[WORDS]))
    used = dict(domain_words())
    assert len(used) > 100  # so that a renamed constant does not empty this test
    assert {word: where for word, where in used.items() if word not in told} == {}
    assert told - set(used) == set()
