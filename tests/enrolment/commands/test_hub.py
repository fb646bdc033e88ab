"""A hub's privacy notice is a sentence or an https address."""

from typing import Any

import pytest
from marshmallow import ValidationError

from hub_enrolment.commands.hub import DescribeHubSchema


def body(**changes: Any) -> dict[str, Any]:
    return {"id": "cambridge", "name": "Cambridge", "lead_school_urn": "100001"} | changes


@pytest.mark.parametrize(
    "notice", ["https://hub.example/privacy", "We keep your name for six years.", "See C://x."]
)
def test_a_privacy_notice_is_a_sentence_or_a_safe_address(notice: str) -> None:
    assert DescribeHubSchema().load(body(privacy_notice=notice)).privacy_notice == notice


@pytest.mark.parametrize(
    "notice", ["http://hub.example", "javascript://x", "ftp://hub.example/privacy see there"]
)
def test_another_kind_of_address_is_no_privacy_notice(notice: str) -> None:
    with pytest.raises(ValidationError, match="https"):
        DescribeHubSchema().load(body(privacy_notice=notice))


@pytest.mark.parametrize("notice", ["", "   ", "\u00a0", "x" * 501])
def test_a_privacy_notice_of_the_wrong_length_is_refused(notice: str) -> None:
    """Before: 500 when it was empty."""
    with pytest.raises(ValidationError, match="Length"):
        DescribeHubSchema().load(body(privacy_notice=notice))
