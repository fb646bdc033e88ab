"""The token of each command: the administrator's or a Work Group lead's."""

import json
from pathlib import Path

import pytest
from joserfc.jwk import OKPKey

from hub_demo.tokens import LEAD, lead_tokens, read_key
from hub_local.failures import CannotStart
from hub_platform.access import Actor, TokenCheck

KEY = OKPKey.generate_key("Ed25519")


def test_a_lead_is_given_one_token_as_lead_and_as_nothing_else() -> None:
    give = lead_tokens(KEY)
    assert TokenCheck(KEY).actor(give("a-teacher")) == Actor("a-teacher", frozenset({LEAD}))
    assert give("a-teacher") == give("a-teacher") != give("another")


@pytest.mark.parametrize(
    ("held", "said"),
    [
        (None, "HUB_TOKEN_PRIVATE_KEY_FILE cannot be read"),
        ("not JSON", "cannot be read"),
        ("{}", "cannot be read"),
        pytest.param(json.dumps(KEY.as_dict(private=False)), "a public one", id="a public key"),
    ],
)
def test_a_public_key_is_refused_before_anything_is_sent(tmp_path: Path, held: str | None, said: str) -> None:
    if held is not None:
        (tmp_path / "key").write_text(held)
    with pytest.raises(CannotStart, match=said):
        read_key(tmp_path / "key")
