"""The AMQP gateway's certificate: made for its host, renewed in time, an operator's own left alone."""

import ssl
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest
from cryptography import x509
from tests.operations.resolving import said
from tests.operations.secret_folder import contents, refused, write

from hub_operations import __main__ as command
from hub_operations.secret_files import make
from hub_operations.subscriber_certificates import (
    AUTHORITY,
    CERTIFICATE,
    CHECKED_WITH,
    LASTS,
    RENEWED,
    faults,
    has_own_certificate,
    provide,
)

NOW: Final = datetime(2026, 11, 30, 12, tzinfo=UTC)
HOST: Final = "events.hub.example"
OTHER_HOST: Final = "events.other.example"


@pytest.fixture(name="folder")
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The secrets of a hub that holds data."""
    monkeypatch.delenv("HUB_SECRETS", raising=False)
    monkeypatch.setenv("HUB_SUBSCRIBERS_HOST", HOST)
    folder = tmp_path / "secrets"
    command.main(["secrets", str(folder)])
    return folder


def certificate_of(*, host: str = HOST, at: datetime = NOW, folder: Path) -> str:
    """A certificate of an authority that this hub does not know."""
    folder.mkdir(exist_ok=True)
    provide(folder, host, at)
    return (folder / CERTIFICATE).read_text()


def names(folder: Path) -> list[str]:
    read = x509.load_pem_x509_certificate((folder / CERTIFICATE).read_bytes())
    found = read.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return [*found.get_values_for_type(x509.DNSName), *map(str, found.get_values_for_type(x509.IPAddress))]


@pytest.mark.parametrize("host", [HOST, "localhost", "192.0.2.7"])
def test_the_certificate_names_the_host_that_subscribers_connect_to(tmp_path: Path, host: str) -> None:
    assert provide(tmp_path, host, NOW) == [AUTHORITY, CERTIFICATE, CHECKED_WITH]
    assert names(tmp_path) == [host]
    assert provide(tmp_path, host, NOW) == []


def test_subscribers_are_given_no_key(tmp_path: Path) -> None:
    provide(tmp_path, HOST, NOW)
    keys = {name for name in (AUTHORITY, CERTIFICATE, CHECKED_WITH) if "KEY" in (tmp_path / name).read_text()}
    assert keys == {AUTHORITY, CERTIFICATE}
    ssl.create_default_context(cafile=str(tmp_path / CHECKED_WITH))


def test_another_host_gets_another_certificate_of_the_same_authority(tmp_path: Path) -> None:
    provide(tmp_path, HOST, NOW)
    before = contents(tmp_path)
    assert provide(tmp_path, OTHER_HOST, NOW) == [CERTIFICATE]
    assert names(tmp_path) == [OTHER_HOST]
    assert contents(tmp_path)[CHECKED_WITH] == before[CHECKED_WITH]


def test_a_certificate_is_renewed_a_year_before_its_end_in_the_file_that_is_mounted(tmp_path: Path) -> None:
    provide(tmp_path, HOST, NOW)
    path, due = tmp_path / CERTIFICATE, NOW + LASTS - RENEWED
    first, inode = path.read_text(), path.stat().st_ino
    assert provide(tmp_path, HOST, due - timedelta(seconds=1)) == []
    assert provide(tmp_path, HOST, due) == [CERTIFICATE]
    assert path.read_text() != first
    assert (path.stat().st_ino, stat.S_IMODE(path.stat().st_mode)) == (inode, 0o444)


def test_a_certificate_does_not_outlast_its_authority(tmp_path: Path) -> None:
    provide(tmp_path, HOST, NOW)
    ends = x509.load_pem_x509_certificate((tmp_path / CHECKED_WITH).read_bytes()).not_valid_after_utc
    provide(tmp_path, HOST, ends - timedelta(days=400))
    assert x509.load_pem_x509_certificate((tmp_path / CERTIFICATE).read_bytes()).not_valid_after_utc == ends


@pytest.mark.parametrize("lost", [CERTIFICATE, CHECKED_WITH])
def test_what_the_authority_can_sign_again_is_made_again(folder: Path, lost: str) -> None:
    authority = contents(folder)[AUTHORITY]
    (folder / lost).unlink()
    command.main(["secrets", str(folder), "--hub-exists"])
    after = contents(folder)
    assert after[lost]
    assert after[AUTHORITY] == authority


def test_a_lost_authority_is_named_because_subscribers_know_it(folder: Path) -> None:
    (folder / AUTHORITY).unlink()
    (sentence,) = refused(folder)
    assert sentence.endswith("Or generate a new one: deploy/compose.sh renew subscribers_authority.")
    command.main(["renew", str(folder), "subscribers_authority"])
    command.main(["secrets", str(folder), "--hub-exists"])


def test_a_hub_of_an_earlier_release_gets_an_authority(folder: Path) -> None:
    for name in (AUTHORITY, CERTIFICATE, CHECKED_WITH):
        (folder / name).unlink()
    noted = folder / "fingerprints.json"
    write(noted, noted.read_text().replace("subscribers_", "unknown_"))
    command.main(["secrets", str(folder), "--hub-exists"])
    assert names(folder) == [HOST]


def test_an_authority_that_holds_no_key_is_named(folder: Path) -> None:
    write(folder / AUTHORITY, (folder / CHECKED_WITH).read_text())
    (sentence,) = refused(folder)
    assert f"The secret {folder / AUTHORITY} holds no key" in sentence


def test_a_renewed_authority_signs_a_new_certificate(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = contents(folder)
    command.main(["renew", str(folder), "subscribers_authority"])
    assert f"Renewed {AUTHORITY} and {CERTIFICATE} and {CHECKED_WITH}." in capsys.readouterr().out
    after = contents(folder)
    assert all(before[name] != after[name] for name in (AUTHORITY, CERTIFICATE, CHECKED_WITH))


def test_an_operators_own_certificate_is_never_replaced(folder: Path, tmp_path: Path) -> None:
    own = certificate_of(host=OTHER_HOST, at=NOW - 2 * LASTS, folder=tmp_path / "own")
    write(folder / CERTIFICATE, own)
    command.main(["secrets", str(folder), "--hub-exists"])
    assert has_own_certificate(folder)
    assert (folder / CERTIFICATE).read_text() == own
    assert (folder / CHECKED_WITH).read_text() == ""  # as of a public authority
    write(folder / CHECKED_WITH, "the operator's authority\n")
    command.main(["secrets", str(folder), "--hub-exists"])
    assert (folder / CHECKED_WITH).read_text() == "the operator's authority\n"
    before = contents(folder)
    with pytest.raises(SystemExit, match="is the operator's own: write the new one to that file"):
        command.main(["renew", str(folder), "subscribers_authority"])
    assert contents(folder) == before


def test_an_operators_own_certificate_that_is_lost_is_named(folder: Path, tmp_path: Path) -> None:
    write(folder / CERTIFICATE, certificate_of(folder=tmp_path / "own"))
    command.main(["secrets", str(folder), "--hub-exists"])
    (folder / CERTIFICATE).unlink()
    (sentence,) = refused(folder)
    assert sentence.startswith(f"The secret {folder / CERTIFICATE} is lost")
    (folder / CHECKED_WITH).unlink()  # the operator wants the hub's own again
    command.main(["secrets", str(folder), "--hub-exists"])
    assert names(folder) == [HOST]


def test_an_operators_good_certificate_has_no_fault(tmp_path: Path) -> None:
    assert list(faults(certificate_of(folder=tmp_path), HOST, NOW)) == []
    wildcard = certificate_of(host="*.hub.example", folder=tmp_path)
    assert list(faults(wildcard, HOST, NOW)) == []
    assert list(faults(wildcard, HOST.upper(), NOW)) == []


def test_each_fault_of_an_operators_certificate_is_said(tmp_path: Path) -> None:
    own = certificate_of(folder=tmp_path)
    (other_name,) = faults(own, OTHER_HOST, NOW)
    assert other_name == f"it is for {HOST}, and subscribers connect to {OTHER_HOST} (HUB_SUBSCRIBERS_HOST)."
    wildcard = certificate_of(host="*.hub.example", folder=tmp_path)
    assert len(list(faults(wildcard, "hub.example", NOW))) == 1
    assert len(list(faults(wildcard, "a.b.hub.example", NOW))) == 1
    (ended,) = faults(own, HOST, NOW + LASTS)
    assert ended == "it is valid from 30 November 2026 to 4 March 2029."
    (no_key,) = faults((tmp_path / CHECKED_WITH).read_text(), HOST, NOW)
    assert no_key.startswith("it must hold the certificate")
    end = own.index("-----BEGIN PRIVATE KEY")
    other_key = certificate_of(folder=tmp_path / "other")
    (foreign,) = faults(own[:end] + other_key[other_key.index("-----BEGIN PRIVATE KEY") :], HOST, NOW)
    assert foreign == "its key is not that of its first certificate."


def test_settings_are_refused_with_a_certificate_that_subscribers_would_refuse(tmp_path: Path) -> None:
    secrets = tmp_path / "secrets"
    make(secrets, HOST)
    values = {"COMPOSE_PROFILES": "subscribers", "HUB_SUBSCRIBERS_HOST": OTHER_HOST}
    assert said(secrets, **values) == []  # the next start signs one for that name
    write(secrets / CERTIFICATE, certificate_of(at=datetime.now(UTC), folder=tmp_path / "own"))
    (sentence,) = said(secrets, **values)
    assert sentence.startswith(f"The secret {secrets / CERTIFICATE}: it is for {HOST}")
    assert said(secrets, **(values | {"HUB_SUBSCRIBERS_HOST": HOST})) == []
    assert said(secrets, **(values | {"COMPOSE_PROFILES": ""})) == []
