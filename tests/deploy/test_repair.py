"""`make up` and `make upgrade` repair a hub that is not well, without `make down` and without a loss."""

import os
import signal
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.deploy.conftest import PROJECT, SERVICES, Deployment
from tests.support.waiting import wait_until

ALL = ("gateway", "postgres", "rabbitmq", *SERVICES)


def state(hub: Deployment, part: str) -> dict[str, Any]:
    """What the engine says of a part's first container, running or not."""
    container = hub.compose("ps", "--all", "--quiet", part).stdout.split()[0]
    found = hub.facts(container)["State"]
    assert isinstance(found, dict)
    return found


def stopped_for(hub: Deployment, part: str) -> float:
    """Seconds since a part has ended."""
    ended = datetime.fromisoformat(state(hub, part)["FinishedAt"].partition(".")[0].rstrip("Z"))
    return (datetime.now(UTC) - ended.replace(tzinfo=UTC)).total_seconds()


def stop_for(hub: Deployment, part: str, *, seconds: float) -> None:
    """Stop a part by hand, and leave it so."""
    hub.compose("stop", part)
    wait_until(lambda: stopped_for(hub, part) >= seconds, deadline=seconds + 60)


def broken(hub: Deployment) -> list[str]:
    """The parts that do not run, or that the engine holds not to be healthy."""
    states = {part: state(hub, part) for part in ALL}
    sick = {
        part
        for part, one in states.items()
        if one.get("Health", {}).get("Status") in {"unhealthy", "starting"}
    }
    return sorted(sick | {part for part, one in states.items() if one["Status"] != "running"})


@pytest.fixture(autouse=True)
def _repaired(hub: Deployment) -> Iterator[None]:
    """Begin and end each test with a hub that is well; the test itself makes it so."""
    hub.wait_until_ready()
    yield
    assert broken(hub) == []
    assert all(map(hub.answers, SERVICES))


@pytest.mark.parametrize(("part", "seconds"), [("postgres", 60), ("rabbitmq", 180)])
def test_a_database_or_a_broker_that_was_away(hub: Deployment, part: str, seconds: float) -> None:
    containers = hub.containers(part)
    stop_for(hub, part, seconds=seconds)
    hub.script("up")
    assert hub.containers(part) == containers  # started again, not made anew


def test_an_idle_hub_is_ready_again_by_itself(hub: Deployment) -> None:
    stop_for(hub, "postgres", seconds=60)
    hub.compose("start", "postgres")
    hub.wait_until_ready()
    wait_until(lambda: broken(hub) == [], deadline=60)


@pytest.mark.parametrize("parts", [("visits", "postgres"), ("rabbitmq",), ("gateway", "enrolment")])
def test_what_was_stopped_killed_or_paused(hub: Deployment, parts: tuple[str, ...]) -> None:
    for how in (("stop",), ("kill",), ("pause",)):
        hub.compose(*how, *parts)
        hub.script("up")
        assert broken(hub) == [], how


@pytest.mark.parametrize(
    ("part", "network"),
    [("postgres", "inside"), ("rabbitmq", "inside"), ("visits", "inside"), ("gateway", "front")],
)
def test_what_was_taken_off_its_network(hub: Deployment, part: str, network: str) -> None:
    (container,) = hub.containers(part)
    hub.docker("network", "disconnect", f"{PROJECT}_{network}", container)
    said = hub.script("doctor", check=False)
    assert said.returncode == 1
    assert f"{part} is cut off from the network {PROJECT}_{network}" in said.stdout
    assert f"{part} is cut off" in hub.script("up").stdout


def test_a_service_that_hangs_while_docker_holds_it_to_be_healthy(hub: Deployment) -> None:
    os.kill(state(hub, "reporting")["Pid"], signal.SIGSTOP)
    assert state(hub, "reporting")["Health"]["Status"] == "healthy"
    assert "  restarting reporting\n" in hub.script("up").stdout  # and no other part


def test_a_container_that_was_deleted(hub: Deployment) -> None:
    hub.docker("rm", "--force", *hub.containers("notifications"), *hub.containers("rabbitmq"))
    hub.script("up")


@pytest.mark.parametrize("network", ["inside", "front"])
def test_a_network_that_was_deleted_while_the_hub_was_stopped(hub: Deployment, network: str) -> None:
    hub.compose("stop")
    hub.docker("network", "rm", f"{PROJECT}_{network}")
    hub.script("up")
    assert broken(hub) == []


def test_an_upgrade_helps_a_hub_that_is_not_well_first(hub: Deployment) -> None:
    hub.compose("stop", "rabbitmq")
    hub.compose("pause", "visits")
    said = hub.script("upgrade").stdout
    assert said.index("visits is paused: it goes on") < said.index("Backing up …") < said.index(" runs.")
