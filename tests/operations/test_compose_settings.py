"""Settings that deploy/compose.sh reads, and the values that it derives."""

import os
import subprocess
from pathlib import Path

import pytest

from hub_local.places import ROOT


def settings(folder: Path, names: str, **environment: str) -> list[str]:
    """Return the values that the script derives from a file of settings."""
    common = ROOT / "deploy" / "compose" / "common.sh"
    words = ["bash", "-euc", f'. "$1"; for name in {names}; do echo "${{!name-}}"; done', "-", str(common)]
    plain = {"PATH": os.environ["PATH"], **environment}
    return subprocess.run(
        words, cwd=folder, env=plain, capture_output=True, text=True, check=True
    ).stdout.splitlines()


def test_settings_are_read_with_and_without_quotes_and_the_environment_wins(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(
        "# a hub of ours\nHUB_NAME=Fens Maths Hub\nHUB_TLS=\"tls internal\"\nHUB_ADDRESS='https://hub.lan'\n"
        "COMPOSE_PROFILES=observability\nPATH=/nowhere\nHUB_ID=fens"  # pragma: allowlist secret
    )
    said = settings(tmp_path, "HUB_NAME HUB_TLS HUB_ADDRESS COMPOSE_PROFILES HUB_ID", HUB_ID="cambridge")
    assert said == ["Fens Maths Hub", "tls internal", "https://hub.lan", "observability", "cambridge"]


def test_an_issuer_changes_the_pages_and_a_demonstration_stays_apart(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(
        "HUB_OIDC_ISSUER=https://sign-in.example\nCOMPOSE_PROFILES=observability\n"
    )
    assert settings(tmp_path, "HUB_PAGES COMPOSE_PROFILES") == ["pages_oidc", "observability,oidc"]
    said = settings(tmp_path, "PROJECT SECRETS HUB_SMTP_HOST", HUB_DEMO="1", HUB_SECRETS="/real")
    assert said == ["hub-demo", str(tmp_path / "secrets-demo"), "mailpit"]
    names = "HUB_SMTP_TLS HUB_SMTP_PORT HUB_MAIL_FROM"
    assert settings(tmp_path, names, HUB_DEMO="1") == ["none", "1025", "maths-hub@hub.example"]


@pytest.mark.parametrize(
    ("environment", "host"),
    [
        ({}, "localhost"),
        ({"HUB_ADDRESS": "https://hub.lan"}, "hub.lan"),
        ({"HUB_ADDRESS": "hub.example.org"}, "hub.example.org"),
        ({"HUB_PUBLIC_URL": "https://hub.example.org:8443/"}, "hub.example.org"),
        ({"HUB_PUBLIC_URL": "https://a.example", "HUB_SUBSCRIBERS_HOST": "events.example"}, "events.example"),
    ],
)
def test_subscribers_connect_to_the_hubs_own_host_unless_it_is_set(
    tmp_path: Path, environment: dict[str, str], host: str
) -> None:
    common = ROOT / "deploy" / "compose" / "common.sh"
    done = subprocess.run(
        ["bash", "-euc", '. "$1"; subscribers_host', "-", str(common)],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == host


@pytest.mark.parametrize(
    ("profiles", "wanted"),
    [("", False), ("observability", False), ("subscribers", True), ("observability,subscribers", True)],
)
def test_hubctl_gets_the_subscribers_host_only_with_their_gateway(
    tmp_path: Path, profiles: str, wanted: bool
) -> None:
    docker = tmp_path / "docker"
    docker.write_text('#!/bin/sh\necho "$HUB_SUBSCRIBERS_HOST"\n')
    docker.chmod(0o755)
    done = subprocess.run(
        ["bash", "-euc", '. "$1"; compose ps', "-", str(ROOT / "deploy" / "compose" / "common.sh")],
        cwd=tmp_path,
        env={"PATH": f"{tmp_path}:{os.environ['PATH']}", "COMPOSE_PROFILES": profiles},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == ("localhost" if wanted else "")
