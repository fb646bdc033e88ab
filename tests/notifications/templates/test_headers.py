"""A subject stands in the line that begins "Subject:" and is read as it was written."""

from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from hub_notifications.templates.headers import MAIL
from hypothesis import example, given
from hypothesis import strategies as st

WORD = st.text(
    st.one_of(st.sampled_from("aé=?_<:'"), st.characters(codec="utf-8", exclude_categories=("Z", "C"))),
    min_size=1,
    max_size=120,
)


def written(subject: str) -> list[bytes]:
    mail = EmailMessage(policy=MAIL)
    mail["Subject"] = subject
    return mail.as_bytes().split(b"\r\n\r\n")[0].split(b"\r\n")


@given(st.lists(WORD, min_size=1, max_size=30).map(" ".join))
@example("=?utf-8?q?Fractions?=")
def test_any_subject_is_read_as_it_was_written(subject: str) -> None:
    lines = written(subject)
    assert len(lines[0]) > len("Subject: ")
    assert max(map(len, lines)) <= 78
    read = message_from_bytes(b"\r\n".join(lines) + b"\r\n\r\n", policy=policy.default)
    assert read["Subject"] == subject


@pytest.mark.parametrize("length", range(60, 90))
def test_a_subject_of_any_length_begins_in_the_first_line(length: int) -> None:
    subject = ("Fractions in Year 5 with bars and number lines: session 2 moved to Tuesday 13 October " * 2)[
        :length
    ]
    assert written(subject.strip())[0].startswith(b"Subject: Fractions in Year 5")
    assert len(written("x" * length)[0]) > len("Subject: ")
