"""What stands in files for Docker, Prometheus and Grafana agrees with the code."""

import json
import re
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from tests.support.postgres import IMAGE as DATABASE_IMAGE

from hub_messaging.subscribers.limits import Limits
from hub_messaging.subscribers.naming import dead_queue_of, queue_of
from hub_platform import __version__
from hub_platform.access import session_cookie
from local import postgres_server
from local.broker_container import IMAGE as BROKER_IMAGE
from local.broker_node import SAMPLES
from local.places import ROOT
from operations.secret_files import SERVICES, make
from operations.subscriber_certificates import AUTHORITY

DEPLOY: Final = ROOT / "deploy"
# What a histogram's series are called.
SUFFIX: Final = re.compile(r"_(bucket|count|sum)$")


@pytest.fixture(name="compose", scope="module")
def _compose() -> Any:
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text())


def test_the_release_is_said_once_and_the_same_everywhere(compose: Any) -> None:
    said = {
        one["image"].partition(":")[2] for one in compose["services"].values() if "mathshub" in one["image"]
    }
    assert said == {f"${{HUB_VERSION:-{__version__}}}"}
    assert f'VERSION="${{HUB_VERSION:-{__version__}}}"' in (DEPLOY / "compose" / "common.sh").read_text()


def test_tests_and_deployment_run_the_same_servers(compose: Any) -> None:
    assert compose["services"]["postgres"]["image"] == DATABASE_IMAGE
    assert compose["services"]["rabbitmq"]["image"] == BROKER_IMAGE
    major = DATABASE_IMAGE.partition(":")[2]
    assert re.search(rf"^POSTGRES={major}\b", (DEPLOY / "compose" / "common.sh").read_text(), re.MULTILINE)


def test_no_database_logs_a_statement_or_a_value(compose: Any) -> None:
    """They hold what somebody sent; tests/security/test_database_log.py tries it."""
    command = compose["services"]["postgres"]["command"]
    assert command == ["postgres", *(f"-c{name}={value}" for name, value in postgres_server.DISCREET.items())]


def test_cookies_are_named_by_deployment(compose: Any) -> None:
    """Browsers send them to every port of a host: a demonstration beside a real hub has its own."""
    parts, deployment = compose["services"], "${COMPOSE_PROJECT_NAME:-hub}"
    for name in (*SERVICES, "gateway"):
        assert parts[name]["environment"]["HUB_DEPLOYMENT"] == deployment
    assert parts["oauth2-proxy"]["environment"]["OAUTH2_PROXY_COOKIE_NAME"].endswith(deployment)
    assert parts["grafana"]["environment"]["GF_AUTH_LOGIN_COOKIE_NAME"].endswith(deployment)
    gateway = (DEPLOY / "caddy" / "Caddyfile").read_text()
    assert f"*{session_cookie('{$HUB_DEPLOYMENT:hub}')}=*" in gateway


def test_the_gateway_logs_no_address_of_a_request_and_no_header() -> None:
    """Before: when a service was away, its line held the secret of a sign-in link."""
    gateway = (DEPLOY / "caddy" / "Caddyfile").read_text()
    for name in ("uri", "headers", "remote_ip", "client_ip"):
        assert f"request>{name} delete" in gateway


def test_what_asks_the_issuer_about_people_logs_no_line_about_them(compose: Any) -> None:
    """Its lines about requests name them by their e-mail addresses."""
    environment = compose["services"]["oauth2-proxy"]["environment"]
    assert environment["OAUTH2_PROXY_AUTH_LOGGING"] == environment["OAUTH2_PROXY_REQUEST_LOGGING"] == "false"


def test_what_an_operator_sets_for_the_mail_server_reaches_the_service_and_is_explained(compose: Any) -> None:
    given = compose["services"]["notifications"]["environment"]
    asked = set(re.findall(r"\${(HUB_(?:SMTP|MAIL)_\w+)", str(given)))
    page = (DEPLOY.parent / "docs" / "operations.md").read_text()
    assert asked == {f"HUB_SMTP_{name}" for name in ("HOST", "PORT", "TLS", "STARTTLS", "USER")} | {
        "HUB_MAIL_FROM"
    }
    assert [name for name in sorted(asked) if f"`{name}" not in page] == []
    source = (DEPLOY.parent / "services/notifications/hub_notifications/config.py").read_text()
    read = {f"HUB_{name}" for name in re.findall(r'env\.\w+\("((?:SMTP|MAIL)_\w+)"', source)}
    assert read == {name.removesuffix("_FILE") for name in given if re.match("HUB_(SMTP|MAIL)_", name)}


def test_every_publisher_knows_where_schemas_are_found(compose: Any) -> None:
    for name in ("enrolment", "visits", "notifications", "reporting"):
        assert {"HUB_PUBLIC_URL", "HUB_SCHEMAS_URL"} <= compose["services"][name]["environment"].keys()


def test_every_secret_that_is_mounted_is_made(compose: Any, tmp_path: Path) -> None:
    make(tmp_path)
    made = {path.name for path in tmp_path.iterdir()}
    mounted = {name for one in compose["services"].values() for name in one.get("secrets", ())}
    assert mounted <= compose["secrets"].keys() <= made


@pytest.mark.parametrize("name", [*SERVICES, "gateway", "amqp-gateway", "postgres", "rabbitmq"])
def test_what_runs_for_years_has_limits_and_comes_back(compose: Any, name: str) -> None:
    part = compose["services"][name]
    assert part["restart"] == "unless-stopped"
    assert part["logging"]["options"] == {"max-size": "10m", "max-file": "5"}
    assert {"mem_limit", "pids_limit"} <= part.keys()
    assert "no-new-privileges:true" in part["security_opt"]


def test_each_service_holds_its_own_secrets_only(compose: Any) -> None:
    for service in SERVICES:
        others = set(SERVICES) - {service}
        assert not [s for s in compose["services"][service]["secrets"] if s.rpartition("_")[2] in others]


def test_only_the_gateways_have_a_port(compose: Any) -> None:
    assert [name for name, part in compose["services"].items() if "ports" in part] == [
        "gateway",
        "amqp-gateway",
    ]
    internal = {name: part.get("internal") for name, part in compose["networks"].items()}
    closed_unless_set = "${HUB_INSIDE_CLOSED:-true}"
    assert internal == {"outside": None, "front": True, "subscribers": True, "inside": closed_unless_set}


def test_the_amqp_gateway_reaches_the_broker_alone_and_runs_only_when_asked_for(compose: Any) -> None:
    gateway = compose["services"]["amqp-gateway"]
    assert gateway["profiles"] == ["subscribers"]
    assert gateway["secrets"] == ["subscribers_certificate.pem"]
    (port,) = gateway["ports"]
    assert port.endswith(":5671")
    near = {name for name, part in compose["services"].items() if "subscribers" in part.get("networks", ())}
    assert near == {"amqp-gateway", "rabbitmq"}
    outside = {name for name, part in compose["services"].items() if "outside" in part.get("networks", ())}
    assert "rabbitmq" not in outside


def test_no_container_holds_the_key_of_the_subscribers_authority(compose: Any) -> None:
    assert AUTHORITY not in compose["secrets"]


def known_metrics() -> set[str]:
    table = (ROOT / "docs" / "metrics.md").read_text()
    return set(re.findall(r"^\| `(hub_\w+)` \| (?:gauge|counter|histogram)", table, re.MULTILINE))


def rules() -> list[dict[str, str]]:
    """Return the rules of every file that Prometheus loads."""
    named = yaml.safe_load((DEPLOY / "prometheus" / "prometheus.yml").read_text())["rule_files"]
    files = [yaml.safe_load((DEPLOY / "prometheus" / Path(file).name).read_text()) for file in named]
    return [rule for file in files for group in file["groups"] for rule in group["rules"]]


def expressions() -> list[str]:
    board = json.loads((DEPLOY / "grafana" / "dashboards" / "hub.json").read_text())
    found = [rule["expr"] for rule in rules()]
    return found + [target["expr"] for panel in board["panels"] for target in panel["targets"]]


def test_alerts_and_dashboards_ask_for_what_is_measured() -> None:
    asked = {SUFFIX.sub("", name) for text in expressions() for name in re.findall(r"\bhub_\w+", text)}
    assert asked
    assert asked <= known_metrics()


def test_recorded_figures_are_recorded_by_a_rule() -> None:
    asked = {name for text in expressions() for name in re.findall(r"\bqueue:\w+:\w+", text)}
    assert asked == {rule["record"] for rule in rules() if "record" in rule}


def test_prometheus_asks_every_service() -> None:
    jobs = yaml.safe_load((DEPLOY / "prometheus" / "prometheus.yml").read_text())["scrape_configs"]
    paths = {job["job_name"]: job.get("metrics_path") for job in jobs}
    of_broker = {"rabbitmq": None, "subscribers": "/metrics/detailed"}
    assert paths == {s: f"/{s}/metrics" for s in SERVICES} | of_broker


def test_an_alert_comes_before_a_subscribers_queue_is_full() -> None:
    (expression,) = [text for text in expressions() if "> 160000" in text]
    numbers = [int(number) for number in re.findall(r"> (\d+)", expression)]
    assert numbers == [int(0.8 * Limits().messages), int(0.8 * Limits().size)]


def test_every_alert_about_subscribers_asks_for_queues_that_there_are() -> None:
    patterns = {found for text in expressions() for found in re.findall(r'queue=~"([^"]+)"', text)}
    queues = [queue_of("warehouse"), dead_queue_of("warehouse")]
    assert patterns
    for pattern in patterns:
        assert len([queue for queue in queues if re.fullmatch(pattern, queue)]) == 1


def test_the_broker_counts_for_a_day_what_subscribers_read() -> None:
    settings = (DEPLOY / "rabbitmq" / "hub.conf").read_text().splitlines()
    assert set(SAMPLES) <= set(settings)


def test_the_management_api_has_no_port_outside(compose: Any) -> None:
    """Hubctl asks it on the inner network, as the administrator."""
    assert not {"front", "outside"} & set(compose["services"]["rabbitmq"]["networks"])
    assert "ports" not in compose["services"]["rabbitmq"]
