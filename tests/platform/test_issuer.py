"""Tokens of an OpenID Connect issuer: taken for what they say, refused when anything is not right."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OctKey, OKPKey, RSAKey

from hub_platform import issuer as module
from hub_platform.access import TokenCheck
from hub_platform.issuer import Issuer, inner
from hub_platform.problems import Problem
from hub_platform.revoked import Revoked

NAME = "https://sign-in.example/realms/hub"
KEY = RSAKey.generate_key(2048, parameters={"kid": "2026"})
CLAIMS = {"iss": NAME, "aud": "hub", "sub": "ada", "roles": ["hub_lead"], "exp": 4_000_000_000, "jti": "t1"}


def signed(key: Any = KEY, algorithm: str = "RS256", **changes: Any) -> str:
    claims = {name: value for name, value in (CLAIMS | changes).items() if value is not None}
    return jwt.encode({"alg": algorithm, "kid": key.kid}, claims, key, algorithms=[algorithm])


@pytest.fixture(name="path")
def _path(tmp_path: Path) -> Path:
    path = tmp_path / "issuer_keys.json"
    path.write_text(json.dumps(KeySet([KEY]).as_dict(private=False)))
    return path


@pytest.fixture(name="check")
def _check(path: Path) -> TokenCheck:
    return TokenCheck(OKPKey.generate_key("Ed25519"), issuer=Issuer(NAME, "hub", path))


@pytest.fixture(name="later")
def _later(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Let so much time go by that the file is looked at again."""
    gone = [0.0]
    started = time.monotonic()
    monkeypatch.setattr("hub_platform.issuer.time.monotonic", lambda: started + gone[0])

    def later() -> None:
        gone[0] += module.LOOK_EVERY

    return later


def test_unreadable_keys_are_reported_until_they_can_be_read(path: Path, later: Callable[[], None]) -> None:
    issuer = Issuer(NAME, "hub", path)
    assert issuer.reason is None
    keys = path.read_text()
    path.write_text("not JSON")
    later()
    assert NAME in str(issuer.reason)
    path.write_text(keys)
    later()
    assert issuer.reason is None


def test_its_tokens_name_subject_and_roles(check: TokenCheck) -> None:
    actor = check.actor(signed())
    assert (actor.subject, actor.roles) == ("ada", frozenset({"hub_lead"}))


def test_the_audience_may_be_one_of_several(check: TokenCheck) -> None:
    assert check.actor(signed(aud=["account", "hub"])).subject == "ada"


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://other.example"},
        {"iss": None},
        {"aud": "another"},
        {"aud": None},
        {"exp": 1_000_000_000},
        {"exp": None},
        {"exp": "soon"},
        {"sub": None},
        {"sub": ""},
        {"sub": 7},
    ],
)
def test_what_is_not_right_is_refused(check: TokenCheck, changes: dict[str, Any]) -> None:
    with pytest.raises(Problem, match="invalid_token"):
        check.actor(signed(**changes))


def test_another_key_of_the_same_name_is_refused(check: TokenCheck) -> None:
    with pytest.raises(Problem, match="invalid_token"):
        check.actor(signed(RSAKey.generate_key(2048, parameters={"kid": "2026"})))


def test_a_public_key_is_no_shared_secret(path: Path, check: TokenCheck) -> None:
    public = json.dumps(json.loads(path.read_text())["keys"][0])
    forged = signed(OctKey.import_key(public, {"kid": "2026"}), "HS256")
    with pytest.raises(Problem, match="invalid_token"):
        check.actor(forged)


@pytest.mark.parametrize("roles", [None, "hub_lead", {"hub_lead": True}, [7, None], []])
def test_without_a_list_of_roles_there_are_none(check: TokenCheck, roles: Any) -> None:
    assert check.actor(signed(roles=roles)).roles == frozenset()


def test_claims_may_stand_inside_others(path: Path) -> None:
    issuer = Issuer(NAME, "hub", path, "realm_access.roles", "hub.id")
    check = TokenCheck(OKPKey.generate_key("Ed25519"), issuer=issuer)
    actor = check.actor(signed(realm_access={"roles": ["board"]}, hub={"id": "017f"}))
    assert (actor.subject, actor.roles) == ("017f", frozenset({"board"}))
    assert inner({"a": {"b": 1}}, "a.b.c") is None


def test_new_keys_are_taken_over_while_it_runs(
    path: Path, check: TokenCheck, later: Callable[[], None]
) -> None:
    new = ECKey.generate_key("P-256", parameters={"kid": "2027"})
    with pytest.raises(Problem):
        check.actor(signed(new, "ES256"))
    path.write_text(json.dumps(KeySet([KEY, new]).as_dict(private=False)))
    later()
    assert check.actor(signed(new, "ES256")).subject == "ada"


def test_keys_that_have_become_unreadable_stay_as_they_were(
    path: Path, check: TokenCheck, later: Callable[[], None]
) -> None:
    check.actor(signed())
    path.write_text("not JSON")
    later()
    assert check.actor(signed(sub="grace")).subject == "grace"
    path.unlink()
    later()
    assert check.actor(signed(sub="joan")).subject == "joan"


def test_without_keys_no_token_of_the_issuer_is_accepted(tmp_path: Path) -> None:
    check = TokenCheck(OKPKey.generate_key("Ed25519"), issuer=Issuer(NAME, "hub", tmp_path / "none"))
    with pytest.raises(Problem, match="invalid_token"):
        check.actor(signed())


def test_without_an_issuer_its_tokens_are_no_good() -> None:
    with pytest.raises(Problem, match="invalid_token"):
        TokenCheck(OKPKey.generate_key("Ed25519")).actor(signed())


def test_its_tokens_can_be_revoked_by_their_id(path: Path, tmp_path: Path) -> None:
    revoked = tmp_path / "revoked.json"
    revoked.write_text('{"revoked": ["t1"]}')
    check = TokenCheck(OKPKey.generate_key("Ed25519"), Revoked(revoked), Issuer(NAME, "hub", path))
    with pytest.raises(Problem, match="invalid_token"):
        check.actor(signed())
    assert check.actor(signed(jti="t2")).subject == "ada"


def test_keys_that_have_not_changed_are_not_read_again(
    path: Path, check: TokenCheck, later: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    check.actor(signed())
    later()
    monkeypatch.setattr(Path, "read_text", lambda _self: pytest.fail("it was read again"))
    assert check.actor(signed(sub="grace")).subject == "grace"
