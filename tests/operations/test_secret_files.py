"""A deployment's secrets: generated once, valid, and never printed."""

import base64
import json
import os
import stat
import time
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from joserfc.jwk import OKPKey

from hub_local.declared import declared
from hub_messaging import topology
from hub_operations import __main__ as command
from hub_operations import secret_files
from hub_operations.secret_files import (
    ADMINISTRATOR,
    DEFINITIONS,
    METRICS_TOKEN,
    OIDC_CLIENT_SECRET,
    PRIVATE_KEY,
    PUBLIC_KEY,
    SERVICES,
    SMTP_AUTHORITIES,
    SMTP_PASSWORD,
    WeakSecret,
    make,
)
from hub_platform.access import Actor, TokenCheck


def contents(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.iterdir()}


def test_secrets_are_made_once(tmp_path: Path) -> None:
    first = make(tmp_path / "secrets")
    before = contents(tmp_path / "secrets")
    to_fill_in = {SMTP_PASSWORD, SMTP_AUTHORITIES, OIDC_CLIENT_SECRET}
    assert set(first) | {DEFINITIONS, METRICS_TOKEN} | to_fill_in == before.keys()
    assert make(tmp_path / "secrets") == []
    after = contents(tmp_path / "secrets")
    assert {n: t for n, t in before.items() if n != DEFINITIONS} == {
        n: t for n, t in after.items() if n != DEFINITIONS
    }


def test_what_is_missing_is_made_and_the_rest_stays(tmp_path: Path) -> None:
    make(tmp_path)
    before = contents(tmp_path)
    (tmp_path / "database_url_visits").unlink()
    (tmp_path / PUBLIC_KEY).chmod(0o600)
    (tmp_path / PUBLIC_KEY).write_text("\n")
    assert make(tmp_path) == ["database_url_visits", PUBLIC_KEY]
    after = contents(tmp_path)
    assert (after["database_url_visits"], after[PUBLIC_KEY]) == (
        before["database_url_visits"],
        before[PUBLIC_KEY],
    )


def test_prometheus_has_a_token_that_is_renewed_in_its_place(tmp_path: Path) -> None:
    make(tmp_path)
    path = tmp_path / METRICS_TOKEN
    first, inode = path.read_text(), path.stat().st_ino
    check = TokenCheck.from_jwk((tmp_path / PUBLIC_KEY).read_text())
    assert check.actor(first) == Actor("prometheus", frozenset({"subscriber"}))
    make(tmp_path)
    assert path.read_text() == first
    ten_months_ago = time.time() - timedelta(days=307).total_seconds()
    os.utime(path, (ten_months_ago, ten_months_ago))
    make(tmp_path)
    assert path.read_text() != first
    assert (path.stat().st_ino, stat.S_IMODE(path.stat().st_mode)) == (inode, 0o444)


@pytest.mark.parametrize("name", [SMTP_PASSWORD, SMTP_AUTHORITIES])
def test_what_a_mail_server_needs_is_an_operators_to_fill_in(tmp_path: Path, name: str) -> None:
    make(tmp_path)
    path = tmp_path / name
    assert path.read_text() == ""
    path.chmod(0o600)
    path.write_text("secret of ours")
    make(tmp_path)
    assert path.read_text() == "secret of ours"


def test_the_folder_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    folder.mkdir(mode=0o755)
    make(folder)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o444}


def test_a_service_gets_its_own_database_and_broker_user(tmp_path: Path) -> None:
    make(tmp_path)
    for service in SERVICES:
        database = sa.make_url((tmp_path / f"database_url_{service}").read_text())
        assert (database.username, database.database, database.host) == (
            f"hub_{service}", f"hub_{service}", "postgres",
        )  # fmt: skip
        assert database.password == (tmp_path / f"database_password_{service}").read_text()
        broker = sa.make_url((tmp_path / f"amqp_uri_{service}").read_text())
        assert (broker.username, broker.database, broker.host) == (service, "hub", "rabbitmq")


def test_no_two_secrets_are_the_same(tmp_path: Path) -> None:
    make(tmp_path)
    passwords = [path.read_text() for path in tmp_path.glob("*password*") if path.name != SMTP_PASSWORD]
    assert len(passwords) == 1 + len(SERVICES) + 1 + len(SERVICES) + 1  # of Grafana
    assert len(set(passwords)) == len(passwords)


def test_the_public_key_is_the_other_half_and_no_more(tmp_path: Path) -> None:
    make(tmp_path)
    private, public = (json.loads((tmp_path / name).read_text()) for name in (PRIVATE_KEY, PUBLIC_KEY))
    assert OKPKey.import_key(private).is_private
    assert private["x"] == public["x"]
    assert "d" not in public


def test_the_broker_knows_the_declared_topology_and_a_user_for_each_service(tmp_path: Path) -> None:
    make(tmp_path)
    known = json.loads((tmp_path / DEFINITIONS).read_text())
    assert {kind: known[kind] for kind in declared()} == declared()
    users = {user["name"]: user for user in known["users"]}
    assert users.keys() == {ADMINISTRATOR, *SERVICES}
    for name, user in users.items():
        salt = base64.b64decode(user["password_hash"])[:4]
        password = (tmp_path / f"broker_password_{name}").read_text()
        assert topology.password_hash(password, salt) == user["password_hash"]
    rights = {one["user"]: one for one in known["permissions"]}
    assert rights.keys() == users.keys()
    assert all(rights[service]["write"] != ".*" for service in SERVICES)


@pytest.mark.parametrize("password", ["short", "long enough but with spaces", "quote'quote'quote'quote"])
def test_a_weak_secret_is_named_and_not_told(
    tmp_path: Path, password: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "postgres_password").write_text(password)
    with pytest.raises(WeakSecret, match="postgres_password") as told:
        make(tmp_path)
    assert password not in str(told.value)
    monkeypatch.setattr("sys.argv", ["hub_operations", "secrets", str(tmp_path)])
    with pytest.raises(SystemExit, match="postgres_password"):
        command.main()


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setattr("sys.argv", ["hub_operations", "secrets", str(tmp_path / "file" / "secrets")])
    with pytest.raises(SystemExit, match="cannot be read or written: Not a directory"):
        command.main()


def test_the_command_says_how_many_and_none_of_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["hub_operations", "secrets", str(tmp_path)])
    command.main()
    said = capsys.readouterr().out
    assert said.startswith("Created ")
    assert all(text not in said for text in contents(tmp_path).values() if text)
    command.main()
    assert capsys.readouterr().out == ""


def test_services_are_those_that_there_are() -> None:
    assert set(secret_files.SERVICES) == {one.service for one in secret_files.subscribers()}
