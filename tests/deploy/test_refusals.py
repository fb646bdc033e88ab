"""What an operator may get wrong: one sentence, and nothing is changed."""

import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.deploy.conftest import Deployment

from local import ports
from operations.archive import pack, unpack

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
    yield Deployment({**hub.environment, **settings}, 0)
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
    assert said.startswith(f"Port {port} is in use: stop what uses it, or choose others with HUB_HTTP_PORT")
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
