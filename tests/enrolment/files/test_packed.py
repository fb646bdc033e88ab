"""Bodies wait packed until they are whole: within bounds, for one sender and for all."""

import random
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub_enrolment.domain.findings import FileRefused
from hub_enrolment.files.packed import Store
from hub_platform.problems import Problem


def noise(size: int) -> bytes:
    """Bytes that do not shrink."""
    return random.Random(7).randbytes(size)


def test_what_comes_out_is_what_came_in() -> None:
    store = Store(of_one=1_000_000, of_all=1_000_000)
    with store.whole([b"URN,Name\r\n", b"", b"1,A\r\n" * 500_000], "ada") as whole:
        assert b"".join(whole) == b"URN,Name\r\n" + b"1,A\r\n" * 500_000


@given(st.lists(st.binary(max_size=300), max_size=20))
def test_every_body_comes_out_as_it_came_in(chunks: list[bytes]) -> None:
    with Store(of_one=100_000, of_all=100_000).whole(chunks, "ada") as whole:
        assert b"".join(whole) == b"".join(chunks)


def test_one_sender_keeps_no_more_than_so_much() -> None:
    store = Store(of_one=100_000, of_all=1_000_000)
    with pytest.raises(FileRefused) as refused, store.whole([noise(200_000)], "ada"):
        pass
    assert (refused.value.code, len(refused.value.problems)) == ("file_too_large", 1)
    with store.whole([noise(60_000)], "ada"), pytest.raises(FileRefused), store.whole([noise(60_000)], "ada"):
        pass


def test_all_together_keep_no_more_than_so_much() -> None:
    store = Store(of_one=100_000, of_all=150_000)
    with store.whole([noise(90_000)], "ada"):
        with pytest.raises(Problem) as busy, store.whole([noise(90_000)], "bea"):
            pass
        assert (busy.value.status, busy.value.code, busy.value.headers["Retry-After"]) == (503, "busy", "5")
    with store.whole([noise(90_000)], "bea") as whole:
        assert len(b"".join(whole)) == 90_000


def test_what_was_kept_is_given_back_when_the_sender_goes() -> None:
    store = Store(of_one=100_000, of_all=100_000)

    def broken() -> Iterator[bytes]:
        yield noise(90_000)
        raise ConnectionResetError

    for _ in range(3):
        with pytest.raises(ConnectionResetError), store.whole(broken(), "ada"):
            pass
    assert store._held.total() == 0
