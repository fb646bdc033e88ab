"""Which mutants each mutator proposes, and what is left alone."""

import pytest
from tests.mutants.mutators import mutants_of


def mutated(text: str, kind: str | None = None) -> set[str]:
    """Every mutant of a text, of one kind or of all, as text."""
    return {one.apply(text) for one in mutants_of(text) if kind in {None, one.kind}}


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("comparison negated", "a == b", {"a != b"}),
        ("comparison negated", "a is not None", {"a is None"}),
        ("comparison negated", "a in b", {"a not in b"}),
        ("comparison negated", "a < b <= c", {"a >= b <= c", "a < b > c"}),
        ("boundary moved", "a < b", {"a <= b"}),
        ("boundary moved", "a >= b", {"a > b"}),
        ("boundary moved", "a == b", set()),
        ("sign changed", "a + b", {"a - b"}),
        ("sign changed", "now - KEPT_FOR", {"now + KEPT_FOR"}),
        ("sign changed", "a * b", {"a // b"}),
        ("sign changed", "a += 1", {"a -= 1"}),
        ("sign changed", "'a' + b", set()),
        ("sign changed", "f'{a}' + b", set()),
        ("and/or", "a and b", {"(a or b)"}),
        ("term dropped", "a or b", {"(a)", "(b)"}),
        ("negation dropped", "not a", {"(a)"}),
        ("negation dropped", "~a", {"(a)"}),
        ("condition negated", "if a: b()", {"if not a: b()"}),
        ("condition negated", "while a.b(): c()", {"while not a.b(): c()"}),
        ("condition negated", "if a == b: c()", set()),
        ("constant changed", "f(0)", {"f(1)"}),
        ("constant changed", "get(kind, 0)", {"get(kind, 1)"}),
        ("constant changed", "a = True", {"a = False"}),
        ("word changed", "KINDS = ('pd_day',)", {"KINDS = ('pd_day_mutated',)"}),
        ("word changed", "f('A sentence for a person.')", set()),
        ("element dropped", "A = (a, b, c)", {"A = (b, c)", "A = (a, c)", "A = (a, b)"}),
        ("element dropped", "a = [b, c]", {"a = [c]", "a = [b]"}),
        ("element dropped", "a, b, c = d", set()),
        ("element dropped", "a = {b: c, d: e}", {"a = {d: e}", "a = {b: c, }"}),
        ("arguments exchanged", "later(seconds, act)", {"later(act, seconds)"}),
        ("arguments exchanged", "isinstance(a, b)", set()),
        ("arguments exchanged", "get(session, key)", set()),
        ("arguments exchanged", "subscribe(A, B)", set()),
        ("call dropped", "entry.touch(now=now)", {"pass"}),
        ("call dropped", "a = f()", set()),
        ("assignment dropped", "entry.status = 'left'", {"pass"}),
        ("assignment dropped", "a.b, c[d] = 1, 2", {"pass"}),
        ("assignment dropped", "a = 1", set()),
        ("raise dropped", "raise Refused('a')", {"pass"}),
        ("condition dropped", "s.where(a, b)", {"s.where(b)", "s.where(a)"}),
        ("condition dropped", "s.where(a)", {"s.where()"}),
        ("condition dropped", "s.filter_by(a=b, c=d)", {"s.filter_by(c=d)", "s.filter_by(a=b)"}),
        ("condition dropped", "s.having(f() > 1)", {"s.having()"}),
        ("condition dropped", "s.join(T, a == b)", set()),
        ("condition dropped", "(a == b) & f()", {"(a == b)", "(f())"}),
        (
            "value dropped",
            "u.values(status=a, changed_at=b)",
            {"u.values(changed_at=b)", "u.values(status=a)"},
        ),
    ],
)
def test_a_mutator_proposes(kind: str, text: str, expected: set[str]) -> None:
    assert mutated(text, kind) == expected


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("return a", "return None"),
        ("return None", None),
        ("return True", None),
    ],
)
def test_what_is_computed_is_not_returned(before: str, after: str | None) -> None:
    text = f"def f():\n    {before}\n"
    assert mutated(text, "nothing returned") == ({f"def f():\n    {after}\n"} if after else set())


def test_a_decorator_with_arguments_is_left_out() -> None:
    text = "@subscribe(A, B)\n@final\ndef f(): a\n"
    assert mutated(text, "decorator dropped") == {"\n@final\ndef f(): a\n"}


SQL = '''sa.text("""
    UPDATE inbox SET state = 'done'
    WHERE source = :source AND received_at < :before
""")'''


def test_a_statement_that_is_text_is_widened_in_its_own_words() -> None:
    assert mutated(SQL, "condition dropped") == {SQL.replace("WHERE", "WHERE true OR")}
    assert mutated(SQL, "and/or") == {SQL.replace("AND", "OR")}
    assert mutated(SQL, "boundary moved") == {SQL.replace("<", "<=")}


def test_a_statement_with_names_put_in_is_widened_too() -> None:
    text = "f'DELETE FROM {table} WHERE id = :id'"
    assert mutated(text, "condition dropped") == {"f'DELETE FROM {table} WHERE true OR id = :id'"}


@pytest.mark.parametrize(
    "text",
    [
        '"""A docstring of 1 < 2 words."""',
        "import a",
        "def f(a: Literal['word'], b: dict[str, int]) -> tuple[int, 'Word']: ...",
        "log.info('event', number=1)",
        "if TYPE_CHECKING:\n    a = 1 + b",
        "if __name__ == '__main__':\n    main()",
        "a: Mapped[str | None]",
        "f'{a} and 1'",
    ],
)
def test_what_no_test_should_notice_is_left_alone(text: str) -> None:
    assert mutated(text) == set()


def test_every_mutant_is_another_program_with_a_line_of_its_own() -> None:
    text = "def f(a, b):\n    if a < b and not g(a, b):\n        raise Refused('word')\n    return a - b\n"
    found = mutants_of(text)
    assert len({one.apply(text) for one in found}) == len(found) > 10
    assert {one.line for one in found} == {2, 3, 4}
