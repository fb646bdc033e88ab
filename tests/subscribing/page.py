"""The files and commands of `docs/subscribing.md`, exactly as a developer saves and types them."""

import re
import shlex
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

from hub_local.places import ROOT

PAGE: Final = ROOT / "docs" / "subscribing.md"
FILE: Final = re.compile(r"^`([\w.]+)`:\n\n```\w+\n(.*?)^```$", re.DOTALL | re.MULTILINE)
ADDED: Final = re.compile(r"^ {4}(AMQP_SSL: .+)$", re.MULTILINE)  # to nameko.yaml, for TLS
COMMANDS: Final = re.compile(r"^```sh\n(.*?)^```$", re.DOTALL | re.MULTILINE)
FIRST: Final = "In ten minutes"
SHARED: Final = "hub_inbox.py"  # the file that every Python client imports


@dataclass(frozen=True)
class Client:
    """One way to read the queue: files to save, commands that install, and the one that reads."""

    title: str
    files: dict[str, str]
    installing: tuple[str, ...]
    reading: tuple[str, ...]

    def encrypted(self, host: str) -> "Client":
        """The same with what the page says of encrypted connections; the host's name replaces the page's."""
        if "nameko.yaml" not in self.files:
            return self
        (line,) = ADDED.findall(text())
        content = f"{self.files['nameko.yaml']}{line.replace('hub.example.org', host)}\n"
        return replace(self, files=self.files | {"nameko.yaml": content})


@cache
def text() -> str:
    """The Markdown of the whole page."""
    return PAGE.read_text("utf-8")


def sections(level: int = 2) -> dict[str, str]:
    """Each section with its heading, of level two or three."""
    parts = re.split(rf"^{'#' * level} (.+)$", text(), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def files(section: str) -> dict[str, str]:
    """The files to save that a section shows."""
    return dict(FILE.findall(section))


def commands(section: str) -> list[list[str]]:
    """The blocks of commands of a section, each as its lines."""
    return [block.strip().splitlines() for block in COMMANDS.findall(section)]


def clients() -> list[Client]:
    """Every way to read that the page shows: pika in the first section, the others below it."""
    shared = files(text())[SHARED]
    found = []
    for title, section in ({FIRST: sections()[FIRST]} | sections(level=3)).items():
        (block,) = (lines for lines in commands(section) if re.search(r" read[\w.]*$", lines[-1]))
        *installing, reading = block
        saved = files(section)
        if any(name.endswith(".py") for name in saved):
            saved[SHARED] = shared
        found.append(Client(title, saved, tuple(installing), tuple(shlex.split(reading))))
    return found


def adding() -> str:
    """The operator's command that adds the subscriber of the page."""
    return commands(sections()[FIRST])[0][0]


def setting() -> str:
    """The command that sets what a client reads from its environment."""
    return commands(sections()[FIRST])[1][0]


def emitting() -> str:
    """The operator's command that invents an event on a demonstration."""
    return commands(sections()[FIRST])[-1][0]
