"""deploy/.env is read as docker compose reads it, and what the two could read differently is refused."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from hub_local.places import ROOT

COMMON = ROOT / "deploy" / "compose" / "common.sh"
READ = '. "$1"; . "${1%/*}/checks.sh"; printf "%s\\n" "$HUB_NAME"; require_settings'
BOTH = [
    (b"HUB_NAME=Fens Maths Hub\n", "Fens Maths Hub"),
    (b"\xef\xbb\xbfHUB_NAME=Fens\r\nHUB_ID=fens\r\n", "Fens"),
    (b"export HUB_NAME=Fens\n", "Fens"),
    (b"export\tHUB_NAME=Fens", "Fens"),
    (b"  HUB_NAME = Fens  \n", "Fens"),
    (b"HUB_NAME=Fens # ours\n", "Fens"),
    (b"HUB_NAME=Fens#1\n", "Fens#1"),
    (b'HUB_NAME="Fens # 1" # ours\r\n', "Fens # 1"),
    (b"HUB_NAME='Fens $1 \"x\"'\n", 'Fens $1 "x"'),
    (b"HUB_NAME='a\\b' # ours\n", "a\\b"),
    (b'HUB_NAME=Fens "Maths" Hub\n', 'Fens "Maths" Hub'),
    (b"# HUB_NAME=x\n\n   # y\nHUB_NAME=F=G=H\n", "F=G=H"),
    ("HUB_NAME=Château d’Ely\n".encode(), "Château d’Ely"),
    (b"HUB_NAME=\n", ""),
]


def read(folder: Path, text: bytes, **environment: str) -> subprocess.CompletedProcess[str]:
    """Return the value that the script reads from a file."""
    (folder / ".env").write_bytes(text)
    return subprocess.run(
        ["bash", "-euc", READ, "-", str(COMMON)],
        cwd=folder,
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )


@pytest.mark.parametrize(("text", "name"), BOTH)
def test_a_value_is_read(tmp_path: Path, text: bytes, name: str) -> None:
    done = read(tmp_path, text)
    assert (done.returncode, done.stdout) == (0, f"{name}\n"), done.stderr


@pytest.mark.skipif(shutil.which("docker") is None, reason="Docker Compose is not installed")
@pytest.mark.parametrize(("text", "name"), BOTH)
def test_compose_reads_the_same(tmp_path: Path, text: bytes, name: str) -> None:
    (tmp_path / ".env").write_bytes(text)
    (tmp_path / "compose.yaml").write_text(
        "services: {a: {image: x, environment: {HUB_NAME: '${HUB_NAME:-}'}}}\n"
    )
    done = subprocess.run(
        ["docker", "compose", "config", "--format", "json"],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    given = json.loads(done.stdout)["services"]["a"]["environment"]["HUB_NAME"]
    assert given.replace("$$", "$") == name


def test_the_environment_wins(tmp_path: Path) -> None:
    assert read(tmp_path, b"HUB_NAME=Fens\n", HUB_NAME="Ely").stdout == "Ely\n"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (b"HUB_NAME\n", "line 1: this is not of the form NAME=value."),
        (b"# ours\r\nHUB_NAME: Fens\r\n", "line 2: this is not of the form NAME=value."),
        (b"HUB NAME=Fens\n", "line 1: this is not of the form NAME=value."),
        (b"=Fens\n", "line 1: this is not of the form NAME=value."),
        (b"<<<<<<< HEAD\nHUB_NAME=x\n", "line 1: this is not of the form NAME=value."),
        ("HUB_NAME=Fens\n".encode("utf-16"), "line 1: this is not of the form NAME=value."),
        (b"hub_name=Fens\n", "line 1: hub_name is written in capitals: HUB_NAME."),
        (b"HUB_NAME=a\nHUB_NAME=b\n", "line 2: HUB_NAME is set a second time"),
        (b"HUB_NAME=${OTHER}\n", "line 1: HUB_NAME holds a $ or begins with #"),
        (b"HUB_NAME= # Fens\n", "line 1: HUB_NAME holds a $ or begins with #"),
        (b'HUB_NAME="Fens\nHub"\n', "line 1: HUB_NAME is in double quotes, which must end on this line"),
        (b'HUB_NAME="a \\"b\\""\n', "line 1: HUB_NAME is in double quotes, which must end on this line"),
        (b'HUB_NAME="a $b"\n', "line 1: HUB_NAME is in double quotes"),
        (b"HUB_NAME='Fens' Hub\n", "line 1: HUB_NAME begins with a single quote, which must end"),
        (b"HUB_NAME='Fens\n", "line 1: HUB_NAME begins with a single quote, which must end"),
        (b"HUB_NAME=a\x1b[31mb\n", "line 1: HUB_NAME holds an invisible character"),
        (b"HUB_HTTP_PORT=eighty\n", 'HUB_HTTP_PORT is "eighty": a port is a number from 1 to 65535.'),
        (b"HUB_HTTP_PORT=080\n", 'HUB_HTTP_PORT is "080"'),
        (b"HUB_BIND=localhost\n", 'HUB_BIND is "localhost": this is an address of this machine'),
        (b"HUB_BIND=256.1.1.1\n", 'HUB_BIND is "256.1.1.1"'),
        (b"HUB_BIND=::1\n", 'HUB_BIND is "::1"'),
        (b"COMPOSE_PROJECT_NAME=My Hub\n", 'COMPOSE_PROJECT_NAME is "My Hub": this must be lower-case'),
        (b"HUB_INSIDE_CLOSED=no\n", 'HUB_INSIDE_CLOSED is "no": this is true or false.'),
        (b"HUB_BACKUPS=nas:/hub\n", "nas:/hub has a colon in its name"),
    ],
)
def test_what_cannot_be_is_named_in_a_sentence(tmp_path: Path, text: bytes, says: str) -> None:
    done = read(tmp_path, text, HUB_NAME="before")
    assert done.returncode == 1
    assert says in done.stderr
    assert len(done.stderr.strip().splitlines()) <= 3


def test_every_wrong_line_is_named_at_once(tmp_path: Path) -> None:
    done = read(tmp_path, b"HUB_NAME\nHUB_ID='x\nHUB_TLS=tls internal\n", HUB_NAME="before")
    assert [line.partition(":")[0] for line in done.stderr.splitlines()] == [
        "deploy/.env, line 1",
        "deploy/.env, line 2",
        "Nothing was changed.",
    ]


def test_a_folder_in_place_of_the_file(tmp_path: Path) -> None:
    (tmp_path / ".env").mkdir()
    done = subprocess.run(
        ["bash", "-euc", READ, "-", str(COMMON)],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "HUB_NAME": "x"},
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert done.returncode == 1
    assert "deploy/.env is not a file that this account can read" in done.stderr


@pytest.mark.parametrize("bind", ["127.0.0.1", "10.0.0.255", "192.168.255.10", "[::1]", "[fd00::1:2]"])
def test_addresses_of_a_machine(tmp_path: Path, bind: str) -> None:
    assert read(tmp_path, f"HUB_BIND={bind}\n".encode(), HUB_NAME="x").returncode == 0


@pytest.mark.parametrize(
    ("given", "folder"),
    [("secrets-2", "{}/secrets-2"), ("./s", "{}/s"), ("/srv/s", "/srv/s"), ("~/s", "/home/x/s")],
)
def test_a_folder_of_secrets_is_a_folder_and_no_volume(tmp_path: Path, given: str, folder: str) -> None:
    """The engine takes a name without a slash for that of a volume."""
    done = subprocess.run(
        ["bash", "-euc", '. "$1"; echo "$SECRETS $HUB_SECRETS"', "-", str(COMMON)],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "HUB_SECRETS": given, "HOME": "/home/x"},
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    )
    wanted = folder.format(tmp_path)
    assert done.stdout == f"{wanted} {wanted}\n"
