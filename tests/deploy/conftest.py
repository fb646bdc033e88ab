"""A deployment of its own, made by `make up` as an operator would: own project, own secrets, own port."""

import json
import os
import signal
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.support.services import Client
from tests.support.waiting import wait_until

from local import ports
from local.hub import OPERATOR_ROLES
from local.places import ROOT

PROJECT = "hub-test"
TODAY = date(2026, 11, 29)  # the day for which the demonstration is made
PLAYER = "demonstration"  # of one subject always: commands are told apart by who sent them
SCRIPT = ROOT / "deploy" / "compose.sh"
Done = subprocess.CompletedProcess[str]
SERVICES = ("enrolment", "visits", "notifications", "reporting")


@dataclass(frozen=True)
class Deployment:
    """What runs, and how to speak to it."""

    environment: Mapping[str, str]
    port: int

    def script(self, *words: str, check: bool = True, **settings: str) -> Done:
        """What `make` runs."""
        return self._run([str(SCRIPT), *words], check=check, settings=settings)

    def compose(self, *words: str, check: bool = True, **settings: str) -> Done:
        """Docker compose itself."""
        file = str(ROOT / "deploy" / "compose.yaml")
        return self._run(["docker", "compose", "--file", file, *words], check=check, settings=settings)

    def docker(self, *words: str, check: bool = True) -> Done:
        """The engine itself."""
        return self._run(["docker", *words], check=check, settings={})

    def _run(self, command: list[str], *, check: bool, settings: Mapping[str, str]) -> Done:
        done = subprocess.run(
            command,
            env={**self.environment, **settings},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=900,
            check=False,
        )
        assert not check or done.returncode == 0, f"{command}\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}"
        return done

    def hubctl(self, *words: str) -> str:
        """An operator's command; what it prints."""
        return self.script("hubctl", *words).stdout.strip()

    def client(self, *roles: str, subject: str = "tester") -> Client:
        """A client of the gateway, with a token that the operator has given out."""
        options = [word for role in roles for word in ("--role", role)]
        return Client(self.port, self.hubctl("tokens", "issue", subject, *options))

    def sign_in_token(self, role: str) -> str:
        """The token of a new sign-in link."""
        link = urlsplit(self.hubctl("sign-in", "tester", "--role", role))
        return parse_qs(link.query)["token"][0]

    def demonstrate(self, *words: str) -> str:
        """Live the demonstration or a part of it, from inside; what is printed at its end."""
        token = self.client(*OPERATOR_ROLES, subject=PLAYER).token or ""
        run = ("run", "--rm", "--no-TTY", "--no-deps", "--env", "HUB_TOKEN", "operator")
        day = ("--today", TODAY.isoformat())
        return self.compose(*run, "local.demonstration", *day, *words, HUB_TOKEN=token).stdout

    def ask(self, service: str, query: str) -> list[str]:
        """Ask a service's database as its administrator; the rows."""
        psql = ("psql", "--username", "hub_admin", "--tuples-only", "--no-align", "--dbname")
        words = ("exec", "--no-TTY", "postgres", *psql, f"hub_{service}", "--command", query)
        return self.compose(*words).stdout.splitlines()

    def containers(self, service: str) -> list[str]:
        """The ids of a service's containers."""
        return self.compose("ps", "--quiet", service).stdout.split()

    def delete(self) -> None:
        """Delete the containers, networks and volumes of this deployment's project, of any run."""
        self.compose(
            "--profile", "*", "down", "--volumes", "--remove-orphans", "--timeout", "30", check=False
        )
        for volume in self.volumes():  # compose knows those of this release only
            self.docker("volume", "rm", volume)

    def volumes(self) -> list[str]:
        """Return the names of the project's volumes."""
        label = f"label=com.docker.compose.project={PROJECT}"
        return self.docker("volume", "ls", "--quiet", "--filter", label).stdout.split()

    def facts(self, container: str) -> dict[str, object]:
        """What the engine knows of a container."""
        (found,) = json.loads(self.docker("inspect", container).stdout)
        assert isinstance(found, dict)
        return found

    def kill(self, *services: str) -> None:
        """End each first process as a crash would, and wait until the engine has started it again.

        `docker kill` would count as a stop by hand.
        """
        for service in services:
            (container,) = self.containers(service)
            state, before = self.facts(container)["State"], self.restarts(container)
            assert isinstance(state, dict)
            os.kill(state["Pid"], signal.SIGKILL)
            wait_until(lambda: self.restarts(container) > before, deadline=60)  # noqa: B023 - waited for at once

    def restarts(self, container: str) -> int:
        """How often the engine has started a container again."""
        count = self.facts(container)["RestartCount"]
        assert isinstance(count, int)
        return count

    def answers(self, service: str) -> bool:
        """Whether a service can do its work, seen through the gateway."""
        try:
            return Client(self.port)("GET", f"/{service}/health/ready").status == 200
        except OSError:
            return False

    def wait_until_ready(self) -> None:
        """Wait for all of them."""
        wait_until(lambda: all(map(self.answers, SERVICES)), deadline=120)


@pytest.fixture(name="hub", scope="session")
def _hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    folder: Path = tmp_path_factory.mktemp("deployment")
    port, tls = ports.any_free(), ports.any_free()
    environment = os.environ | {
        "COMPOSE_PROJECT_NAME": PROJECT,
        "HUB_SECRETS": str(folder / "secrets"),
        "HUB_BACKUPS": str(folder / "backups"),
        "HUB_BIND": ports.LOOPBACK,
        "HUB_HTTP_PORT": str(port),
        "HUB_HTTPS_PORT": str(tls),
        "HUB_ADDRESS": ":80",
        "HUB_ALLOW_HUB_TIME": "1",  # a year is played in its own time
        "HUB_REQUESTS_PER_MINUTE": "0",
    }
    deployment = Deployment(environment, port)
    deployment.delete()  # a run that was killed leaves its volumes, whose secrets are lost
    try:
        deployment.script("up")
        yield deployment
    finally:
        deployment.delete()
