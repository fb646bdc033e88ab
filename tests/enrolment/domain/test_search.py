"""Which words a search for schools consists of."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub_enrolment.domain.search import MOST_WORDS, Word, read_search


def test_a_half_postcode_is_looked_for_whole_and_other_words_by_their_beginning() -> None:
    assert read_search("CB2 linton") == (Word("cb2", whole=True), Word("linton", whole=False))


@pytest.mark.parametrize(("count", "read"), [(MOST_WORDS, MOST_WORDS), (MOST_WORDS + 1, MOST_WORDS)])
def test_so_many_words_are_looked_for(count: int, read: int) -> None:
    assert len(read_search(" ".join(f"word{n}x" for n in range(count)))) == read


@given(text=st.text(max_size=60))
def test_nothing_typed_can_break_the_question(text: str) -> None:
    for word in read_search(text):
        assert word.text.isascii()
        assert word.text.isalnum()
