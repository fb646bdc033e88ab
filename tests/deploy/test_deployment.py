"""The hub as it is deployed: what an operator starts, what stays apart, what comes back by itself."""

from collections.abc import Callable
from datetime import date
from itertools import combinations
from pathlib import Path
from urllib.parse import urlencode

import pytest
from tests.deploy.conftest import PLAYER, SERVICES, TODAY, Deployment
from tests.support.services import Client
from tests.support.waiting import wait_until

from hub_demo import Part, Target, send
from hub_local import ports
from hub_local.hub import OPERATOR_ROLES

UNTIL = date(2025, 10, 3)  # the first month of last year: every kind of command is in it
FORM = {"Content_Type": "application/x-www-form-urlencoded"}
# Run on the broker's network, with one service's address, on another one's queue or exchange.
TRY = """
import sys
import amqp
from hub_messaging.wire import connected
user, what, action = sys.argv[1:]
with connected(open("/run/secrets/amqp_uri_" + user).read()) as connection:
    channel = connection.channel()
    if action == "read":
        channel.basic_cancel(channel.basic_consume(what))
    else:
        channel.basic_publish(amqp.Message("a test"), exchange=what, routing_key="test")
        channel.basic_qos(0, 1, False)  # a question, behind which a refusal would have come
"""


def test_everything_answers_through_the_one_door(hub: Deployment) -> None:
    for service in SERVICES:
        assert hub.answers(service)
    unauthenticated = Client(hub.port)
    assert unauthenticated("GET", "/enrolment/v1/schools").status == 401
    assert unauthenticated("GET", "/enrolment/metrics").status == 404
    published = hub.compose("ps", "--format", "{{.Service}} {{.Publishers}}").stdout.splitlines()
    assert [line.split()[0] for line in published if f"{hub.port}" in line] == ["gateway"]
    assert all("127.0.0.1" not in line for line in published if not line.startswith("gateway"))


def test_a_hub_without_a_backup_is_well_with_a_note(hub: Deployment) -> None:
    said = hub.script("doctor", HUB_BACKUPS=str(Path(hub.environment["HUB_BACKUPS"]) / "not-yet")).stdout
    assert "There is none in" in said
    assert "All is well." in said


def test_a_person_signs_in_and_sees_the_page(hub: Deployment) -> None:
    token, browser = hub.sign_in_token("hub_lead"), Client(hub.port)
    form = urlencode({"token": token}).encode()
    entered = browser("POST", "/sign-in", form, **FORM)
    assert (entered.status, entered.headers["Location"]) == (303, "/")
    page = browser("GET", "/", Cookie=entered.headers["Set-Cookie"].partition(";")[0])
    assert page.status == 200
    assert "Cambridge Maths Hub" in page.body.decode()
    for header in ("Content-Security-Policy", "Strict-Transport-Security", "X-Content-Type-Options"):
        assert header in page.headers
    assert "Server" not in page.headers


def test_the_first_days_of_a_year_become_figures(hub: Deployment) -> None:
    client = hub.client(*OPERATOR_ROLES, subject=PLAYER)
    assert client.token is not None
    gateway = f"http://{ports.LOOPBACK}:{hub.port}"
    assert send(Target(dict.fromkeys(SERVICES, gateway), client.token), TODAY, Part(until=UNTIL)).commands > 0
    hub.demonstrate("--until", UNTIL.isoformat())  # sends nothing new, and waits until all has arrived
    fresh = client("GET", "/reporting/v1/freshness").json
    assert fresh["events"] > 0
    assert (fresh["waiting"], fresh["parked"]) == (0, 0)


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_runs_with_as_little_as_it_needs(hub: Deployment, service: str) -> None:
    (container,) = hub.containers(service)
    facts = hub.facts(container)
    config, host = facts["Config"], facts["HostConfig"]
    assert isinstance(config, dict)
    assert isinstance(host, dict)
    assert config["User"] == "10001:10001"
    assert host["ReadonlyRootfs"]
    assert host["CapDrop"] == ["ALL"]
    assert host["Memory"] == 256 * 1024 * 1024
    assert host["PidsLimit"] == 64
    named = [line for line in config["Env"] if not line.partition("=")[0].endswith("_FILE")]
    assert not [line for line in named if "password" in line.lower() or "amqp://" in line]


def test_no_database_role_can_enter_anothers_database(hub: Deployment) -> None:
    for role in SERVICES:
        for database in SERVICES:
            query = (
                f'PGPASSWORD="$(cat /run/secrets/database_password_{role})" psql --host 127.0.0.1'
                f' --username hub_{role} --dbname hub_{database} --command "SELECT 1"'
            )
            done = hub.compose("exec", "--no-TTY", "postgres", "sh", "-c", query, check=False)
            assert (done.returncode == 0) == (role == database), f"{role} in {database}: {done.stderr}"


@pytest.mark.parametrize(
    ("user", "what", "action", "allowed"),
    [
        ("reporting", "reporting.in", "read", True),
        ("reporting", "visits.in", "read", False),
        ("reporting", "enrolment.events", "write", False),
        ("reporting", "reporting.events", "write", True),
    ],
)
def test_no_broker_user_can_touch_what_is_anothers(
    hub: Deployment, user: str, what: str, action: str, allowed: bool
) -> None:
    run = ("run", "--rm", "--no-TTY", "--no-deps", "--entrypoint", "python", "operator")
    done = hub.compose(*run, "-W", "ignore", "-c", TRY, user, what, action, check=False)
    assert (done.returncode == 0) == allowed, done.stderr
    assert allowed or "ACCESS_REFUSED" in done.stderr


def test_what_is_killed_comes_back_by_itself(hub: Deployment) -> None:
    hub.kill("reporting", "rabbitmq", "postgres")
    hub.wait_until_ready()


def test_there_may_be_two_of_a_service(hub: Deployment) -> None:
    hub.compose("up", "--detach", "--wait", "--no-recreate", "--scale", "reporting=2")
    try:
        assert len(hub.containers("reporting")) == 2
        client = hub.client("board")
        assert all(client("GET", "/reporting/v1/freshness").status == 200 for _ in range(10))
    finally:
        hub.compose("up", "--detach", "--wait", "--no-recreate", "--scale", "reporting=1")


def test_a_revoked_token_is_refused_everywhere_within_a_minute(hub: Deployment) -> None:
    client = hub.client("hub_admin")
    paths = {"enrolment": "/enrolment/v1/schools", "reporting": "/reporting/v1/freshness"}
    assert all(client("GET", path).status == 200 for path in paths.values())
    hub.hubctl("tokens", "revoke", "--subject", "tester", "--why", "a test")
    for path in paths.values():
        refused: Callable[[], bool] = lambda: client("GET", path).status == 401  # noqa: B023, E731
        wait_until(refused, deadline=60)


PROFILES = ("demo", "observability", "oidc", "operator")


@pytest.mark.parametrize("size", range(len(PROFILES) + 1))
def test_every_combination_of_profiles_makes_sense(hub: Deployment, size: int) -> None:
    for chosen in combinations(PROFILES, size):
        hub.compose("config", "--quiet", COMPOSE_PROFILES=",".join(chosen))


def test_the_gateway_reads_its_file_with_an_issuer_too(hub: Deployment) -> None:
    words = ("exec", "--no-TTY", "--env", "HUB_PAGES=pages_oidc", "gateway", "caddy", "validate")
    hub.compose(*words, "--config", "/etc/caddy/Caddyfile")


def test_starting_again_changes_nothing(hub: Deployment) -> None:
    before = {service: hub.containers(service) for service in SERVICES}
    hub.script("up")
    assert {service: hub.containers(service) for service in SERVICES} == before
