"""Services accept tokens of their own installation only."""

import json
import os
import stat
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from hub_local import keys
from hub_local.hub import Hub
from hub_local.places import Places, python_path
from hub_platform.access import Actor, TokenCheck
from hub_platform.problems import Problem
from hub_platform.revoked import Revoked


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


def test_a_sign_in_link_of_a_local_run_can_be_revoked_as_one_of_a_deployment(tmp_path: Path) -> None:
    """Before: it was written down nowhere, so `hubctl tokens revoke` did not know it."""
    places = Places(tmp_path)
    fleet: Any = SimpleNamespace(places=places, addresses={"reporting": "http://127.0.0.1:8000"})
    others: Any = None
    hub = Hub(fleet, keys.signer(places.secrets), broker=others, server=others)
    address, _, token = hub.sign_in_link.partition("?token=")
    assert address == "http://127.0.0.1:8000/sign-in"

    def check() -> TokenCheck:
        public = (places.secrets / keys.PUBLIC).read_text()
        return TokenCheck.from_jwk(public, Revoked(places.tokens / "revoked.json"))

    assert check().sign_in(token).actor == Actor("operator", frozenset({"hub_admin", "hub_lead"}))
    words = ["tokens", "revoke", "--subject", "operator", "--by", "a test", "--why", "left"]
    settings = {
        "HUB_TOKENS_DIR": str(places.tokens),
        "HUB_TOKEN_PRIVATE_KEY_FILE": str(places.secrets / keys.PRIVATE),
        "PYTHONPATH": python_path(),
    }
    command = [sys.executable, "-W", "ignore", "-m", "hubctl", *words]
    subprocess.run(command, env=os.environ | settings, check=True)
    with pytest.raises(Problem, match="invalid_token"):
        check().sign_in(token)
