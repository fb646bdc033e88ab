"""The accepted spellings of TRN, URN and e-mail address; everything else is refused with what to do."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub_enrolment.domain.identifiers import read_email, read_trn, read_urn
from hub_kernel.refusals import Refused


@pytest.mark.parametrize(
    ("written", "trn"),
    [
        ("1234567", "1234567"),
        ("0123456", "0123456"),
        (" 1234567\u00a0", "1234567"),
        ("1234567\u200b", "1234567"),
        ("1234567.0", "1234567"),
        ("RP/12/34567", "1234567"),
        ("RP 99/12345", "9912345"),
        ("rp12/34567", "1234567"),
        ("RP1234567", "1234567"),
        ("12-34567", "1234567"),
        ("12/34567", "1234567"),
        ("123 4567", "1234567"),
        ("1234 567", "1234567"),
    ],
)
def test_spellings_of_a_trn(written: str, trn: str) -> None:
    assert read_trn(written) == trn


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("123456.0", "decimal"),
        ("123456.7", "decimal"),
        ("12345678.0", "decimal"),
        ("1.23E+06", "shortened"),
        ("1.234567E+6", "shortened"),
        ("123456", "0123456"),
        ("12345", "0012345"),
        ("2026-01-05", "date"),
        ("05/01/2026", "date"),
        ("2026-01-05 00:00:00", "date"),
        ("1,234,567", "separators"),
        ("#N/A", "#N/A"),
        ("#########", "#########"),
        ("=A1", "formula"),
        ("1234", "seven digits"),
        ("12345678", "seven digits"),
        ("-123456", "seven digits"),
        ("0000000", "seven digits"),
        ("RP", "seven digits"),
        ("TBC", "seven digits"),
        ("", "seven digits"),
        ("１２３４５６７", "seven digits"),
        ("1234567 8", "seven digits"),
    ],
)
def test_what_is_no_trn_is_refused_with_the_reason(written: str, said: str) -> None:
    with pytest.raises(Refused, match="bad_trn") as refused:
        read_trn(written)
    assert said in refused.value.detail
    assert refused.value.pointer == "/trn"


@given(st.text(alphabet="0123456789 .,-/RPE+", max_size=14))
def test_a_trn_has_the_digits_that_were_typed_and_no_others(text: str) -> None:
    try:
        trn = read_trn(text)
    except Refused:
        return
    typed = "".join(one for one in text.partition(".")[0] if one.isdigit())
    assert (trn, len(trn)) == (typed, 7)


@pytest.mark.parametrize(
    ("written", "urn"),
    [("110623", "110623"), (" 20001 ", "20001"), ("110623.0", "110623"), ("110623\ufeff", "110623")],
)
def test_spellings_of_a_urn(written: str, urn: str) -> None:
    assert read_urn(written) == urn


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("1.10623E+05", "shortened"),
        ("110,623", "separators"),
        ("873/2001", "LAESTAB"),
        ("8732001", "LAESTAB"),
        ("2202-11-14", "date"),
        ("#REF!", "#REF!"),
        ("12", "five or six digits"),
        ("011062", "five or six digits"),
        ("Linton Heights", "five or six digits"),
    ],
)
def test_what_is_no_urn_is_refused_with_the_reason(written: str, said: str) -> None:
    with pytest.raises(Refused, match="bad_urn") as refused:
        read_urn(written)
    assert said in refused.value.detail


@pytest.mark.parametrize(
    "written", ["ada@s.example", " ada@s.example\u200b", "mailto:ada@s.example", "<ada@s.example>"]
)
def test_spellings_of_an_address(written: str) -> None:
    assert read_email(written) == "ada@s.example"


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("ada@s.example; eve@s.example", "more than one"),
        ("ada@s.example eve@s.example", "more than one"),
        ("Ada Lovelace <ada@s.example>", "alone"),
        ("ada@s.example.", 'ends with "."'),
        ("#NAME?", "#NAME?"),
        ("=B2", "formula"),
    ],
)
def test_what_is_no_address_is_refused_with_the_reason(written: str, said: str) -> None:
    with pytest.raises(Refused, match="bad_email") as refused:
        read_email(written)
    assert said in refused.value.detail


@pytest.mark.parametrize("reader", [read_trn, read_urn, read_email])
@given(text=st.text(max_size=40))
def test_whatever_is_typed_is_read_or_refused(reader: Callable[[str], str], text: str) -> None:
    try:
        read = reader(text)
    except Refused:
        return
    assert reader(read) == read
