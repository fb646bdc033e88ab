"""Runs a program in a mount namespace with a hosts file of its own and a name server that never answers.

python -m tests.support.own_names HOSTS RESOLV_CONF MODULE…     what `python -m MODULE…` would run
"""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

SILENT: Final = "127.77.0.1"  # a loopback address that nothing else uses
DNS_PORT: Final = 53
# As root, or in a user namespace: other processes do not see these mounts.
UNSHARE: Final = ("unshare", "--map-root-user", "--mount")
IN_THEM: Final = 'mount --bind "$1" /etc/hosts && mount --bind "$2" /etc/resolv.conf && shift 2 && exec "$@"'


@dataclass(frozen=True)
class OwnNames:
    """The names that a program knows; what it does not know its name server is asked, which never answers."""

    hosts: Path
    resolver: Path

    @property
    def prefix(self) -> tuple[str, ...]:
        """Return the command that precedes a module run in this way."""
        return (__name__, str(self.hosts), str(self.resolver))

    def know(self, *names: str) -> None:
        """Let the program find these at this machine, and no others."""
        lines = [f"127.0.0.1 {name}\n" for name in ("localhost", socket.gethostname(), *names)]
        self.hosts.write_text("".join(lines))  # in place: the mount is of this very file


@contextmanager
def own_names(folder: Path) -> Iterator[OwnNames]:
    """A name server that takes questions and never answers, for as long as the block lasts."""
    folder.mkdir(parents=True, exist_ok=True)
    names = OwnNames(folder / "hosts", folder / "resolv.conf")
    names.resolver.write_text(f"nameserver {SILENT}\n")
    names.know()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind((SILENT, DNS_PORT))
        yield names


def possible() -> bool:
    """Whether this machine lets us have mounts of our own, and the port of name servers."""
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.bind((SILENT, DNS_PORT))
        subprocess.run(
            [*UNSHARE, "sh", "-c", IN_THEM, "sh", "/etc/hosts", "/etc/resolv.conf", "true"],
            check=True,
            capture_output=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return False
    return True


if __name__ == "__main__":
    hosts, resolver, *module = sys.argv[1:]
    program = [sys.executable, "-W", "ignore", "-m", *module]
    os.execvp(UNSHARE[0], [*UNSHARE, "sh", "-c", IN_THEM, "sh", hosts, resolver, *program])  # noqa: S606
