"""Spellings of telephone numbers that are accepted and refused."""

from typing import Any

import pytest
from marshmallow import ValidationError
from tests.enrolment.desk import teacher_body

from hub_enrolment.commands.teachers import RegisterTeacherSchema


def load(phone: Any) -> str | None:
    return RegisterTeacherSchema().load(teacher_body("110623", phone=phone)).phone  # type: ignore[no-any-return]


@pytest.mark.parametrize("phone", ["01223 123456", "(01223) 123-456", "+44 1223 123456", "1234567"])
def test_a_telephone_number_is_kept_as_people_write_it(phone: str) -> None:
    assert load(f" {phone} ") == phone


@pytest.mark.parametrize("phone", ["123456", "1" * 16, "call me", "01223 123456" + " " * 20 + "7", 7])
def test_anything_else_is_no_telephone_number(phone: Any) -> None:
    with pytest.raises(ValidationError) as refused:
        load(phone)
    assert refused.value.messages.keys() == {"phone"}  # type: ignore[union-attr]
