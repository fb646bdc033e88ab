"""Tokens of this installation are accepted by services, and by nobody else's."""

import json
import stat
from datetime import timedelta
from pathlib import Path

import pytest

from hub_platform.access import Actor, TokenCheck
from hub_platform.problems import Problem
from local import keys


def check_of(signer: keys.Signer) -> TokenCheck:
    return TokenCheck.from_jwk(signer.public_file.read_text())


def test_a_service_knows_the_holder_from_the_public_file_alone(tmp_path: Path) -> None:
    signer = keys.signer(tmp_path)
    token = signer.issue("operator", ["hub_lead", "hub_admin"], timedelta(minutes=5))
    assert check_of(signer).actor(token) == Actor("operator", frozenset({"hub_admin", "hub_lead"}))


def test_keys_are_made_once(tmp_path: Path) -> None:
    token = keys.signer(tmp_path).issue("operator", [], timedelta(minutes=5))
    assert check_of(keys.signer(tmp_path)).actor(token).subject == "operator"


def test_another_installation_refuses_the_token(tmp_path: Path) -> None:
    token = keys.signer(tmp_path / "one").issue("operator", ["hub_admin"], timedelta(minutes=5))
    with pytest.raises(Problem, match="invalid_token"):
        check_of(keys.signer(tmp_path / "two")).actor(token)


def test_a_token_ends(tmp_path: Path) -> None:
    signer = keys.signer(tmp_path)
    with pytest.raises(Problem, match="invalid_token"):
        check_of(signer).actor(signer.issue("operator", [], timedelta(seconds=-120)))


def test_the_private_key_is_private_and_the_public_file_holds_no_secret(tmp_path: Path) -> None:
    signer = keys.signer(tmp_path)
    assert stat.S_IMODE((tmp_path / keys.PRIVATE).stat().st_mode) == 0o600
    assert set(json.loads(signer.public_file.read_text())) & {"d"} == set()
    assert json.loads((tmp_path / keys.PRIVATE).read_text())["d"]
