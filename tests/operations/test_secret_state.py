"""Secrets that are lost, changed, unreadable: named with what to do, and not made up while data is kept."""

# Long: each way in which a secret can be wrong.
import json
import os
import stat
from pathlib import Path

import pytest
from tests.operations.secret_folder import contents, refused, write

from hub_operations import __main__ as command
from hub_operations.secret_files import (
    DEFINITIONS,
    METRICS_TOKEN,
    OIDC_CLIENT_SECRET,
    PRIVATE_KEY,
    PUBLIC_KEY,
    SMTP_AUTHORITIES,
    SMTP_PASSWORD,
)
from hub_operations.secret_state import FILLED_IN, FINGERPRINTS, NEEDED, UNCHANGED
from hub_operations.subscriber_certificates import FILES


@pytest.fixture(name="folder")
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The secrets of a hub that holds data."""
    monkeypatch.delenv("HUB_SECRETS", raising=False)
    folder = tmp_path / "secrets"
    command.main(["secrets", str(folder)])
    return folder


def test_a_start_with_all_of_them_makes_none(folder: Path) -> None:
    before = contents(folder)
    command.main(["secrets", str(folder), "--hub-exists"])
    renewed = {DEFINITIONS, FINGERPRINTS}
    assert {n: t for n, t in contents(folder).items() if n not in renewed} == {
        n: t for n, t in before.items() if n not in renewed
    }


@pytest.mark.parametrize("name", [*NEEDED, *FILLED_IN])
def test_each_one_that_is_lost_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()
    (sentence,) = refused(folder)
    assert sentence.startswith(f"The secret {folder / name} is lost, and no new one can replace it")
    assert f"(tar -xzOf hub-….tar.gz secrets/{name} >{folder / name})" in sentence


@pytest.mark.parametrize("name", NEEDED)
def test_each_one_that_is_empty_is_named(folder: Path, name: str) -> None:
    write(folder / name, "\n")
    (sentence,) = refused(folder)
    assert sentence.startswith(f"The secret {folder / name} is empty")


@pytest.mark.parametrize("name", UNCHANGED)
def test_each_one_that_the_data_was_made_with_and_is_another_now(folder: Path, name: str) -> None:
    other = folder.parent / "other"
    command.main(["secrets", str(other)])
    write(folder / name, (other / name).read_text())
    (sentence,) = refused(folder)
    assert sentence.startswith(f"The secret {folder / name} is not the one with which the hub was made")
    assert (other / name).read_text() not in sentence


@pytest.mark.parametrize(
    ("name", "fits"),
    [
        ("database_url_visits", "database_password_visits"),
        ("amqp_uri_hub_admin", "broker_password_hub_admin"),
        ("amqp_uri_reporting", "broker_password_reporting"),
    ],
)
def test_an_address_with_another_password(folder: Path, name: str, fits: str) -> None:
    password = (folder / fits).read_text()
    write(folder / name, (folder / name).read_text().replace(password, "x" * 20))
    (sentence,) = refused(folder)
    assert sentence.startswith(f"The secret {folder / name} holds another password than {fits}")
    assert password not in sentence


def test_addresses_of_servers_elsewhere_are_an_operators_own(folder: Path) -> None:
    elsewhere = "v:secret@db.example"  # pragma: allowlist secret
    write(folder / "database_url_visits", f"postgresql+psycopg2://{elsewhere}/visits?sslmode=verify-full")
    write(folder / "amqp_uri_visits", f"amqps://{elsewhere}:5671,mq2.example:5671/hub\n")
    command.main(["secrets", str(folder), "--hub-exists"])


@pytest.mark.parametrize("name", ["database_url_visits", "amqp_uri_visits", PRIVATE_KEY, PUBLIC_KEY])
@pytest.mark.parametrize("text", ["nonsense", "http://[", "{}", "[1]", "postgres"])
def test_what_is_malformed(folder: Path, name: str, text: str) -> None:
    (folder / FINGERPRINTS).unlink()  # as of an earlier release
    write(folder / name, text)
    (sentence,) = refused(folder)
    assert sentence.startswith(f"The secret {folder / name} ")


def test_a_public_key_of_another_hub(folder: Path) -> None:
    other = folder.parent / "other"
    command.main(["secrets", str(other)])
    write(folder / PUBLIC_KEY, (other / PUBLIC_KEY).read_text())
    (sentence,) = refused(folder)
    assert sentence.startswith(f"The secret {folder / PUBLIC_KEY} is not the public half of {PRIVATE_KEY}")


def test_bytes_that_are_no_text(folder: Path) -> None:
    (folder / "postgres_password").chmod(0o600)
    (folder / "postgres_password").write_bytes(b"\xff\xfe\x00")
    (sentence,) = refused(folder)
    assert sentence.startswith(f"The secret {folder / 'postgres_password'} is not text")


def test_a_folder_where_docker_found_no_file(folder: Path) -> None:
    (folder / "amqp_uri_visits").unlink()
    (folder / "amqp_uri_visits").mkdir()
    (sentence,) = refused(folder)
    assert sentence.startswith(f"{folder / 'amqp_uri_visits'} is a folder, which Docker creates")


def test_several_are_named_at_once(folder: Path) -> None:
    (folder / "amqp_uri_visits").unlink()
    write(folder / "postgres_password", "x" * 20)
    assert len(refused(folder)) == 2


def test_all_of_them_lost(folder: Path) -> None:
    for path in folder.iterdir():
        path.unlink()
    (sentence,) = refused(folder)
    assert sentence.startswith(f"The secrets in {folder} are lost")
    folder.rmdir()
    (sentence,) = refused(folder)
    assert "make uninstall" in sentence


def test_the_file_is_shown_under_its_name_on_the_operators_machine(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / PRIVATE_KEY).unlink()
    monkeypatch.setenv("HUB_SECRETS", "/srv/hub/deploy/secrets")
    (sentence,) = refused(folder)
    assert sentence.startswith(f"The secret /srv/hub/deploy/secrets/{PRIVATE_KEY} is lost")


def test_what_a_new_release_brings_is_made(folder: Path) -> None:
    """A hub of a release that had no such file."""
    noted = json.loads((folder / FINGERPRINTS).read_text())
    for name in (SMTP_AUTHORITIES, OIDC_CLIENT_SECRET):
        del noted["secrets"][name]
        (folder / name).unlink()
    write(folder / FINGERPRINTS, json.dumps(noted))
    command.main(["secrets", str(folder), "--hub-exists"])
    assert (folder / SMTP_AUTHORITIES).read_text() == ""


@pytest.mark.parametrize("text", [None, "", "[]", '{"salt": 1}', '{"salt": "", "secrets": []}'])
def test_lost_fingerprints_are_recorded_again(folder: Path, text: str | None) -> None:
    if text is None:
        (folder / FINGERPRINTS).unlink()
    else:
        write(folder / FINGERPRINTS, text)
    command.main(["secrets", str(folder), "--hub-exists"])
    assert set(json.loads((folder / FINGERPRINTS).read_text())["secrets"]) == {*NEEDED, *FILLED_IN, *FILES}


def test_fingerprints_tell_no_secret(folder: Path) -> None:
    noted = (folder / FINGERPRINTS).read_text()
    assert all((folder / name).read_text() not in noted for name in NEEDED)


def test_what_is_made_of_the_others_needs_no_backup(folder: Path) -> None:
    (folder / DEFINITIONS).unlink()
    (folder / METRICS_TOKEN).unlink()
    command.main(["secrets", str(folder), "--hub-exists"])
    assert {DEFINITIONS, METRICS_TOKEN} <= contents(folder).keys()


@pytest.mark.parametrize("mode", [0o000, 0o600, 0o666])
def test_modes_are_repaired(folder: Path, mode: int) -> None:
    for path in folder.iterdir():
        path.chmod(mode)
    folder.chmod(0o755)
    command.main(["secrets", str(folder), "--hub-exists"])
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o444}


def test_a_mode_that_cannot_be_repaired_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(folder / SMTP_PASSWORD, "x")

    def refuse(self: Path, _mode: int) -> None:
        raise PermissionError(1, "Operation not permitted", str(self))

    monkeypatch.setattr(Path, "chmod", refuse)
    (sentence,) = refused(folder)
    assert sentence.startswith(f"{folder / SMTP_PASSWORD} belongs to another account and has the wrong mode")


def test_a_folder_of_another_account_is_one_sentence(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda _path, _mode: False)
    (sentence,) = refused(folder)
    assert sentence.startswith(f"{folder} belongs to another account and has the wrong mode")


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads every file")
def test_a_file_of_another_account_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub_operations.secret_state.repair_modes", lambda _folder: [])
    (folder / PRIVATE_KEY).chmod(0)
    (sentence,) = refused(folder)
    assert "cannot be read (Permission denied)" in sentence


def test_before_there_is_a_hub_what_is_missing_is_made(folder: Path) -> None:
    (folder / "postgres_password").unlink()
    (folder / FINGERPRINTS).unlink()
    command.main(["secrets", str(folder)])
    assert (folder / "postgres_password").read_text()


@pytest.mark.parametrize("lost", [False, True])
def test_a_password_of_the_broker_can_be_renewed(
    folder: Path, lost: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    before = contents(folder)
    if lost:
        (folder / "amqp_uri_visits").unlink()
        (sentence,) = refused(folder)
        assert sentence.endswith("Or generate a new one: deploy/compose.sh renew visits.")
    command.main(["renew", str(folder), "visits"])
    assert "Renewed broker_password_visits and amqp_uri_visits." in capsys.readouterr().out
    after = contents(folder)
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"broker_password_visits", "amqp_uri_visits", DEFINITIONS, FINGERPRINTS}
    assert after["broker_password_visits"] in after["amqp_uri_visits"]
    command.main(["secrets", str(folder), "--hub-exists"])


def test_a_secret_that_data_depends_on_is_not_renewed(folder: Path) -> None:
    before = contents(folder)
    with pytest.raises(SystemExit, match="postgres_password is none of hub_admin, enrolment"):
        command.main(["renew", str(folder), "postgres_password"])
    (folder / "postgres_password").unlink()
    with pytest.raises(SystemExit, match="postgres_password is lost"):
        command.main(["renew", str(folder), "visits"])
    assert contents(folder) == {n: t for n, t in before.items() if n != "postgres_password"}
