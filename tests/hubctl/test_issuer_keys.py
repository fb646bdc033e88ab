"""`hubctl issuer-keys`: fetched whole and right, or what was known stays."""

import json
from pathlib import Path
from typing import Any

import pytest
from joserfc.jwk import KeySet, RSAKey
from tests.hubctl.conftest import hubctl

from hub_local.keys import PRIVATE, signer
from hubctl import issuer_keys

ISSUER = "https://sign-in.example/realms/hub"
KEYS = KeySet([RSAKey.generate_key(2048, parameters={"kid": "1"})]).as_dict(private=False)
DESCRIBED = {"issuer": ISSUER, "jwks_uri": "https://sign-in.example/keys"}


@pytest.fixture(name="folder")
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    signer(tmp_path / "secrets")
    monkeypatch.setenv("HUB_TOKENS_DIR", str(tmp_path / "tokens"))
    monkeypatch.setenv("HUB_TOKEN_PRIVATE_KEY_FILE", str(tmp_path / "secrets" / PRIVATE))
    monkeypatch.setenv("HUB_OIDC_ISSUER", ISSUER)
    return tmp_path / "tokens"


def answering(monkeypatch: pytest.MonkeyPatch, described: Any, keys: Any) -> None:
    answers = {f"{ISSUER}/.well-known/openid-configuration": described, "https://sign-in.example/keys": keys}

    def fetch(url: str) -> Any:
        found = answers[url]
        if isinstance(found, Exception):
            raise found
        return found

    monkeypatch.setattr(issuer_keys, "_fetch", fetch)


def test_its_keys_are_kept_where_services_look(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answering(monkeypatch, DESCRIBED, KEYS)
    said = hubctl("issuer-keys")
    assert (said.code, said.out) == (0, f"Stored 1 keys of {ISSUER}.\n")
    assert json.loads((folder / issuer_keys.FILE).read_text()) == KEYS
    assert hubctl("issuer-keys", "--json").json == {"issuer": ISSUER, "keys": 1}


@pytest.mark.parametrize(
    ("described", "keys", "says"),
    [
        (OSError(), KEYS, "cannot be downloaded (OSError); the known keys stay valid"),
        ({"issuer": ISSUER}, KEYS, "cannot be downloaded (KeyError)"),
        (DESCRIBED, {"keys": [{"kty": "what"}]}, "cannot be downloaded ("),
        (DESCRIBED, {}, "cannot be downloaded ("),
        (DESCRIBED | {"issuer": "https://other.example"}, KEYS, "own name is https://other.example"),
    ],
)
def test_known_keys_stay_when_the_download_fails(
    folder: Path, monkeypatch: pytest.MonkeyPatch, described: Any, keys: Any, says: str
) -> None:
    folder.mkdir()
    (folder / issuer_keys.FILE).write_text("as before")
    answering(monkeypatch, described, keys)
    said = hubctl("issuer-keys")
    assert said.code == 1
    assert says in said.err
    assert (folder / issuer_keys.FILE).read_text() == "as before"


@pytest.mark.usefixtures("folder")
def test_only_https_will_do(monkeypatch: pytest.MonkeyPatch) -> None:
    for issuer in ("", "http://sign-in.example"):
        monkeypatch.setenv("HUB_OIDC_ISSUER", issuer)
        assert hubctl("issuer-keys").code == 2
    with pytest.raises(ValueError, match="not https"):
        issuer_keys._fetch("file:///etc/passwd")
