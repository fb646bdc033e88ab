"""`python -m hub_operations …`: the commands that deploy/compose.sh runs in a container."""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Final

from sqlalchemy.exc import SQLAlchemyError

from hub_operations import secret_state
from hub_operations.archive import Manifest, UnusableBackup, manifest_of, pack, unpack
from hub_operations.broker_definitions import lasting
from hub_operations.contents import Contents
from hub_operations.restoring import RestoreDiffers, check_fits, finish
from hub_operations.secret_files import SERVICES, WeakSecret, database_urls, make
from hub_operations.settings_check import WrongSettings, wrong_settings
from hub_operations.snapshots import consistent_snapshots
from hub_operations.subscriber_certificates import CERTIFICATE, has_own_certificate
from hub_platform import __version__
from hub_platform.clocks import real_now

TABLES: Final = "tables.json"


def main(words: Sequence[str] | None = None) -> None:
    """Run the command of the command line; exit with a message when it fails."""
    asked = _parser().parse_args(words)
    try:
        asked.do(asked)
    except (WeakSecret, WrongSettings, UnusableBackup, RestoreDiffers) as exc:
        sys.exit(str(exc))
    except SQLAlchemyError as exc:
        sys.exit(f"A database does not answer, or answers with an error ({type(exc).__name__}).")
    except OSError as exc:
        sys.exit(f"{exc.filename or 'A file'} cannot be read or written: {exc.strerror}.")


def secrets(asked: argparse.Namespace) -> None:
    """Generate the missing secrets; refuse while a hub has data that needs the lost ones."""
    _require_secrets(asked.folder, hub_exists=asked.hub_exists)
    made = make(asked.folder, _subscribers_host())
    secret_state.remember(asked.folder)
    if made:
        _say(f"Created {len(made)} secrets. A backup contains them; there is no other copy.")


def settings(asked: argparse.Namespace) -> None:
    """Check the secrets, and the settings as Docker Compose resolves them (JSON on standard input)."""
    _require_secrets(asked.folder, hub_exists=asked.hub_exists)
    if wrong := wrong_settings(json.load(sys.stdin), asked.folder, os.environ, asked.names):
        raise WrongSettings("\n".join(wrong))


def renew(asked: argparse.Namespace) -> None:
    """Renew a broker user's password, the key of oauth2-proxy's cookies, or the subscribers' authority."""
    files = secret_state.RENEWABLE.get(asked.name)
    if files is None:
        raise WrongSettings(f"{asked.name} is none of {', '.join(secret_state.RENEWABLE)}.")
    _require_secrets(asked.folder, hub_exists=True, besides=files)
    if CERTIFICATE in files and has_own_certificate(asked.folder):
        raise WrongSettings(
            f"{CERTIFICATE} is the operator's own: write the new one to that file, then run make up."
        )
    for name in files:
        (asked.folder / name).unlink(missing_ok=True)
    made = make(asked.folder, _subscribers_host())
    secret_state.remember(asked.folder)
    _say(f"Renewed {' and '.join(made)}. It is used after make down and make up.")


def _subscribers_host() -> str:
    return os.environ.get("HUB_SUBSCRIBERS_HOST") or "localhost"


def _require_secrets(folder: Path, *, hub_exists: bool, besides: Sequence[str] = ()) -> None:
    wrong = secret_state.repair_modes(folder) if folder.is_dir() else []
    if wrong := wrong or secret_state.wrong_secrets(folder, hub_exists=hub_exists, besides=besides):
        raise WrongSettings("\n".join(wrong))


def snapshots(asked: argparse.Namespace) -> None:
    """Print `service snapshot` for each database, and hold the snapshots until standard input ends."""
    with consistent_snapshots(database_urls(asked.secrets)) as taken:
        tables = {service: {t: asdict(c) for t, c in one.contents.items()} for service, one in taken.items()}
        (asked.folder / TABLES).write_text(json.dumps(tables))
        for service, one in taken.items():
            _say(f"{service} {one.name}")
        sys.stdin.read()


def backup(asked: argparse.Namespace) -> None:
    """Write an archive of the files in a folder."""
    tables = json.loads((asked.folder / TABLES).read_text())
    exported = asked.folder / "broker" / "definitions.json"
    exported.write_text(json.dumps(lasting(json.loads(exported.read_text())), indent=1))
    manifest = Manifest(
        hub_id=os.environ.get("HUB_ID", "cambridge"),
        version=__version__,
        postgres=asked.postgres,
        made_at=real_now().isoformat(timespec="seconds"),
        tables={s: {t: Contents(**one) for t, one in known.items()} for s, known in tables.items()},
    )
    pack(asked.folder, asked.archive, manifest)


def check(asked: argparse.Namespace) -> None:
    """Unpack an archive to a folder, if it is intact and this release can read it."""
    manifest = unpack(asked.archive, asked.folder)
    check_fits(manifest, version=__version__, postgres=asked.postgres)
    made = f"hub {manifest.hub_id}, release {manifest.version}, {manifest.made_at}"
    rows = sum(one.rows for tables in manifest.tables.values() for one in tables.values())
    _say(f"{asked.archive.name}: {made}, {rows:,} rows.")


def restored(asked: argparse.Namespace) -> None:
    """Compare the databases with the manifest in a folder, and have events published again."""
    again = finish(database_urls(asked.secrets), manifest_of(asked.folder), real_now())
    _say(f"Every table of {len(SERVICES)} databases equals the backup; {again:,} events are sent again.")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m hub_operations", description="Commands of a deployment.")
    commands = parser.add_subparsers(required=True)
    for do, arguments in (
        (secrets, ("folder",)),
        (settings, ("folder",)),
        (renew, ("folder",)),
        (snapshots, ("secrets", "folder")),
        (backup, ("folder", "archive", "postgres")),
        (check, ("archive", "folder", "postgres")),
        (restored, ("secrets", "folder")),
    ):
        command = commands.add_parser(do.__name__, help=do.__doc__)
        for name in arguments:
            command.add_argument(name, type=int if name == "postgres" else Path)
        if do in (secrets, settings):
            command.add_argument("--hub-exists", action="store_true", help="volumes with data exist")
        if do is settings:
            command.add_argument("names", nargs="*", help="names of the settings in deploy/.env")
        if do is renew:
            command.add_argument("name", help=", ".join(secret_state.RENEWABLE))
        command.set_defaults(do=do)
    return parser


def _say(sentence: str) -> None:
    print(sentence, flush=True)  # noqa: T201 - a command's answer


if __name__ == "__main__":
    main()
