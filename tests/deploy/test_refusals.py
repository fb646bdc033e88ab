"""What an operator may get wrong: one sentence, and nothing is changed."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from tests.deploy.conftest import SERVICES, Deployment

from local import ports
from operations.archive import pack, unpack
from operations.secret_state import FILLED_IN, NEEDED

OTHER = "hub-test-other"  # a second hub, which never comes up


@pytest.fixture(name="other")
def _other(hub: Deployment, tmp_path: Path) -> Iterator[Deployment]:
    """A place where no hub is yet, with the images of the other one."""
    settings = {
        "COMPOSE_PROJECT_NAME": OTHER,
        "HUB_SECRETS": str(tmp_path / "secrets"),
        "HUB_HTTP_PORT": str(ports.any_free()),
        "HUB_HTTPS_PORT": str(ports.any_free()),
    }
    delete_volumes(hub)  # of a run that was killed
    yield Deployment({**hub.environment, **settings}, 0)
    delete_volumes(hub)


def delete_volumes(hub: Deployment) -> None:
    """Delete the volumes of the other hub."""
    for volume in leftovers(hub, "volume"):
        hub.docker("volume", "rm", volume)


def leftovers(hub: Deployment, kind: str) -> list[str]:
    """Containers or volumes of the other hub."""
    listing = {"volume": ("volume", "ls"), "container": ("ps", "--all")}[kind]
    found = hub.docker(
        *listing, "--quiet", "--filter", f"label=com.docker.compose.project={OTHER}"
    ).stdout.split()
    named = hub.docker("volume", "ls", "--quiet", "--filter", f"name={OTHER}_").stdout.split()
    return sorted({*found, *(named if kind == "volume" else ())})


def refused(hub: Deployment, *words: str, **settings: str) -> str:
    """The last line that the script says when it refuses."""
    done = hub.script(*words, check=False, **settings)
    assert done.returncode != 0, done.stdout
    return done.stderr.strip()


def test_a_port_in_use(other: Deployment) -> None:
    with socket.create_server((ports.LOOPBACK, 0)) as taken:
        port = str(taken.getsockname()[1])
        said = refused(other, "up", HUB_HTTP_PORT=port)
    assert said.startswith(f"Port {port} is in use: stop what uses it, or choose another with HUB_HTTP_PORT")
    assert "\n" not in said
    assert leftovers(other, "container") == []


@pytest.mark.parametrize("value", ["notaport", "0", "65536", "80:80"])
def test_a_port_that_is_no_number(other: Deployment, value: str) -> None:
    said = refused(other, "up", HUB_HTTPS_PORT=value)
    assert said == f'HUB_HTTPS_PORT is "{value}": a port is a number from 1 to 65535.'
    assert leftovers(other, "container") == []


def test_a_weak_secret(other: Deployment) -> None:
    secrets = Path(other.environment["HUB_SECRETS"])
    secrets.mkdir()
    (secrets / "postgres_password").write_text("hub")
    said = refused(other, "up")
    assert "The secret postgres_password is no good: it needs at least 16" in said
    assert said.endswith("No hub was started.")
    assert leftovers(other, "container") == []


def test_databases_of_another_postgresql(other: Deployment) -> None:
    other.docker(
        *(
            "run",
            "--rm",
            "--network",
            "none",
            "--volume",
            f"{OTHER}_database:/database",
            "--entrypoint",
            "sh",
        ),
        *("postgres:17", "-c", "echo 15 >/database/PG_VERSION"),
    )
    said = refused(other, "up")
    assert said.startswith("The databases were written by PostgreSQL 15, and this release has 17:")
    assert leftovers(other, "container") == []


def test_a_backup_is_not_brought_back_over_a_hub(hub: Deployment, tmp_path: Path) -> None:
    (tmp_path / "hub.tar.gz").write_bytes(b"x")
    assert refused(hub, "restore", str(tmp_path / "hub.tar.gz")).startswith("There is a hub here already")


def test_a_damaged_backup_makes_no_hub(hub: Deployment, other: Deployment, tmp_path: Path) -> None:
    hub.script("backup", str(tmp_path))
    (archive,) = tmp_path.glob("hub-*.tar.gz")
    archive.write_bytes(archive.read_bytes()[:-1000])
    said = refused(other, "restore", str(archive))
    assert "it is damaged or was changed. Use another backup." in said
    assert said.endswith("Nothing was changed.")
    archive.with_name(archive.name + ".sha256").unlink()
    assert "is cut short or no backup" in refused(other, "restore", str(archive))
    assert leftovers(other, "container") == leftovers(other, "volume") == []
    assert not Path(other.environment["HUB_SECRETS"]).exists()


def test_a_restore_that_fails_half_way_leaves_nothing(
    hub: Deployment, other: Deployment, tmp_path: Path
) -> None:
    hub.script("backup", str(tmp_path))
    (archive,) = tmp_path.glob("hub-*.tar.gz")
    manifest = unpack(archive, tmp_path / "folder")
    visits = {name: replace(one, rows=one.rows + 1) for name, one in manifest.tables["visits"].items()}
    pack(tmp_path / "folder", archive, replace(manifest, tables={**manifest.tables, "visits": visits}))
    said = refused(other, "restore", str(archive))
    assert "visits: public.alembic_version had 2 rows and has 1." in said
    assert "The restore failed; what it had made is removed." in said
    assert leftovers(other, "container") == leftovers(other, "volume") == []
    assert not Path(other.environment["HUB_SECRETS"]).exists()


def test_a_migration_that_fails_changes_nothing_and_the_services_stay(hub: Deployment) -> None:
    (revision,) = hub.ask("visits", "SELECT version_num FROM alembic_version")
    (container,) = hub.containers("visits")
    hub.ask("visits", "UPDATE alembic_version SET version_num = '9999_of_a_later_release'")
    try:
        said = refused(hub, "migrate")
        assert said.endswith(
            "The migration of visits failed and was undone as a whole: its database is as it was."
        )
        assert hub.containers("visits") == [container]
    finally:
        back = f"UPDATE alembic_version SET version_num = '{revision}'"  # noqa: S608 - read from there
        hub.ask("visits", back)
    hub.script("migrate")


def test_nothing_is_deleted_without_the_right_word(hub: Deployment) -> None:
    assert refused(hub, "uninstall", CONFIRM="yes") == "Nothing was deleted."
    assert hub.answers("reporting")


def test_there_is_no_hub_yet(other: Deployment) -> None:
    for command in ("down", "ps", "backup", "doctor", "upgrade"):
        assert refused(other, command).startswith("There is no hub here yet")
    assert refused(other, "uninstall") == "There is no hub here."
    assert refused(other, "restore", "/nowhere.tar.gz").startswith("Say which backup")


@contextmanager
def untouched(hub: Deployment) -> Iterator[None]:
    """The same containers run before and after, as long as before, and answer."""
    parts = (*SERVICES, "gateway", "postgres", "rabbitmq")

    def runs() -> list[object]:
        facts = [hub.facts(one) for part in parts for one in hub.containers(part)]
        return [(one["Id"], one["State"]["StartedAt"]) for one in facts]  # type: ignore[index]

    before = runs()
    yield
    assert runs() == before
    assert all(map(hub.answers, SERVICES))


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("HUB_ID", "our hub", 'HUB_ID is "our hub": this must be 1 to 63 letters, digits'),
        ("HUB_ADDRESS", "hub.example.org:8443", "HUB_ADDRESS is"),
        ("HUB_TLS", "tls internal", "HUB_TLS is set, but HUB_ADDRESS is not https://"),
        ("HUB_BIND", "localhost", 'HUB_BIND is "localhost": this is an address of this machine'),
        ("HUB_INSIDE_CLOSED", "no", 'HUB_INSIDE_CLOSED is "no": this is true or false.'),
        ("HUB_PUBLIC_URL", "hub.example.org", "HUB_PUBLIC_URL is"),
        ("HUB_HEADLINE_SCOPE", "county:x", "HUB_HEADLINE_SCOPE is"),
        ("HUB_LOG_LEVEL", "LOUD", 'HUB_LOG_LEVEL is "LOUD": this must be one of'),
        ("HUB_REQUESTS_PER_MINUTE", "many", "not a valid integer."),
        ("HUB_FOREIGN_SOURCES", "oxford", "is not of the form"),
        ("HUB_SMTP_HOST", "mail.example", "HUB_MAIL_FROM is"),
        ("HUB_SMTP_USER", "hub", "smtp_password is empty: write the account's password into it."),
        ("HUB_OIDC_ISSUER", "https://sign-in.example", "oidc_client_secret is empty"),
        ("COMPOSE_PROFILES", "monitoring", "there is no 'monitoring'"),
    ],
)
def test_a_wrong_setting_leaves_the_running_hub_as_it_is(
    hub: Deployment, name: str, value: str, says: str
) -> None:
    with untouched(hub):
        assert says in refused(hub, "up", **{name: value})


def test_an_upgrade_begins_with_the_same_check(hub: Deployment) -> None:
    backups = Path(hub.environment["HUB_BACKUPS"])
    with untouched(hub):
        before = sorted(backups.glob("hub-*"))
        assert 'HUB_LOG_LEVEL is "LOUD"' in refused(hub, "upgrade", HUB_LOG_LEVEL="LOUD")
        assert sorted(backups.glob("hub-*")) == before


def test_settings_are_checked_without_a_start(hub: Deployment, other: Deployment) -> None:
    assert "The settings are complete and fit together." in hub.script("check-settings").stdout
    assert "The settings are complete and fit together." in other.script("check-settings").stdout
    assert leftovers(other, "container") == leftovers(other, "volume") == []
    assert not Path(other.environment["HUB_SECRETS"]).exists()


@pytest.mark.parametrize("name", [*NEEDED, *FILLED_IN])
def test_a_lost_secret_leaves_the_running_hub_as_it_is(hub: Deployment, tmp_path: Path, name: str) -> None:
    path = Path(hub.environment["HUB_SECRETS"]) / name
    with untouched(hub):
        path.rename(tmp_path / name)
        try:
            assert f"{path} is lost" in refused(hub, "check-settings" if name in FILLED_IN else "up")
            assert not path.exists()
        finally:
            (tmp_path / name).rename(path)


def test_secrets_that_are_all_lost(hub: Deployment, tmp_path: Path) -> None:
    folder = Path(hub.environment["HUB_SECRETS"])
    with untouched(hub):
        folder.rename(tmp_path / "away")
        try:
            assert f"The secrets in {folder} are lost" in refused(hub, "up")
            assert not folder.exists()
        finally:
            (tmp_path / "away").rename(folder)


def test_modes_of_secrets_are_repaired(hub: Deployment) -> None:
    folder = Path(hub.environment["HUB_SECRETS"])
    with untouched(hub):
        (folder / "smtp_password").chmod(0o600)
        folder.chmod(0o755)
        hub.script("check-settings")
        assert folder.stat().st_mode & 0o777 == 0o700
        assert (folder / "smtp_password").stat().st_mode & 0o777 == 0o444
