"""A hub with a year in it: how large it is, what comes back from a backup, going to the next release."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.deploy.conftest import PROJECT, SERVICES, Deployment

MEGABYTES_AT_MOST = 120  # of a service, with a year behind it
LATE_SPRING, LATE_JUNE = "2026-05-20", "2026-06-26"
NO_ALARM, ALARM = "0.6", "0.000001"  # RabbitMQ's memory watermark, as a share


@dataclass(frozen=True)
class Known:
    """What a hub says of itself when nothing is on its way."""

    reports: dict[str, Any]
    counts: dict[str, list[str]]
    schools: list[str]


def known(hub: Deployment) -> Known:
    client = hub.client("hub_lead", "board")
    names = [one["name"] for one in client("GET", "/reporting/v1/reports").json["items"]]
    reports = {name: client("GET", f"/reporting/v1/reports/{name}").json for name in names}
    for report in reports.values():
        assert report.pop("freshness")["events"] > 0
    counts = {
        service: hub.ask(service, "SELECT 'recorded', count(*) FROM outbox")
        + hub.ask(service, "SELECT state, count(*) FROM inbox GROUP BY state ORDER BY state")
        for service in SERVICES
    }
    letters = hub.client("hub_admin")("GET", "/notifications/v1/summary").json
    counts["letters"] = [f"{name} {letters[name]}" for name in ("due", "sending", "sent")]
    rows = hub.ask("enrolment", "SELECT to_jsonb(s) FROM schools AS s ORDER BY 1")
    return Known(reports, counts, rows)


def watermark(hub: Deployment, share: str) -> None:
    hub.compose(
        "exec", "--no-TTY", "rabbitmq", "rabbitmqctl", "--quiet", "set_vm_memory_high_watermark", share
    )


def pending(hub: Deployment) -> tuple[int, int]:
    """Events in reporting's queue, and events in outboxes."""
    listed = hub.compose(
        "exec",
        "--no-TTY",
        "rabbitmq",
        "rabbitmqctl",
        "--quiet",
        "-p",
        "hub",
        "list_queues",
        "name",
        "messages",
    )
    depth = dict(line.split("\t") for line in listed.stdout.splitlines() if "\t" in line)
    waiting = [
        hub.ask(service, "SELECT count(*) FROM outbox WHERE published_at IS NULL") for service in SERVICES
    ]
    return int(depth["reporting.in"]), sum(int(rows[0]) for rows in waiting)


@pytest.fixture(name="lived", scope="module")
def _lived(hub: Deployment) -> Deployment:
    hub.demonstrate("--until", LATE_SPRING)
    return hub


def memory(hub: Deployment) -> dict[str, str]:
    """How much each container uses, as the engine says it."""
    parts = (*SERVICES, "gateway", "postgres", "rabbitmq")
    ids = [one for part in parts for one in hub.containers(part)]
    said = hub.docker("stats", "--no-stream", "--format", "{{.Name}} {{.MemUsage}}", *ids).stdout
    lines = [line.split() for line in said.splitlines()]
    return {line[0].removeprefix(f"{PROJECT}-").removesuffix("-1"): line[1] for line in lines}


def test_what_a_backup_holds_comes_back_and_what_was_pending_arrives_once(
    lived: Deployment, capsys: pytest.CaptureFixture[str]
) -> None:
    hub = lived
    hub.compose("pause", "reporting")
    hub.demonstrate("--send-only", "--until", LATE_JUNE)  # waits in reporting's queue
    watermark(hub, ALARM)
    hub.demonstrate("--send-only")  # waits in outboxes
    in_queue, in_outboxes = pending(hub)
    assert in_queue > 0
    assert in_outboxes > 0
    archive = backup_of(hub)

    # What comes of it where nothing happens …
    watermark(hub, NO_ALARM)
    hub.compose("unpause", "reporting")
    hub.demonstrate()
    before, used = known(hub), memory(hub)
    with capsys.disabled():
        print("\nmemory after the year: " + ", ".join(f"{n} {size}" for n, size in used.items()))  # noqa: T201
    for service in SERVICES:
        assert used[service].endswith("MiB")
        assert float(used[service].removesuffix("MiB")) < MEGABYTES_AT_MOST
    # … and what comes of it where everything is lost.
    hub.script("uninstall", CONFIRM=PROJECT)
    label = f"label=com.docker.compose.project={PROJECT}"
    assert hub.docker("volume", "ls", "--quiet", "--filter", label).stdout == ""
    assert not Path(hub.environment["HUB_SECRETS"]).exists()
    said = hub.script("restore", str(archive)).stdout
    assert "Every table of 4 databases is as it was" in said
    hub.demonstrate()
    after = known(hub)
    assert after.reports == before.reports
    assert after.counts == before.counts
    assert after.schools == before.schools


def backup_of(hub: Deployment) -> Path:
    """Make one; the archive."""
    made = [word for word in hub.script("backup").stdout.split() if word.endswith(".tar.gz")]
    (archive,) = map(Path, made)
    assert archive.stat().st_mode & 0o077 == 0
    assert list(archive.parent.glob(".unfinished*")) == []
    return archive


def test_the_doctor_says_that_all_is_well(lived: Deployment) -> None:
    said = lived.script("doctor").stdout
    assert "All is well." in said
    assert "WRONG" not in said
    findings = json.loads(lived.hubctl("doctor", "--json"))["findings"]
    assert {f"the database of {service}" for service in SERVICES} <= {one["part"] for one in findings}
    assert set(SERVICES) <= {one["part"] for one in findings}


def test_the_doctor_says_what_is_wrong(lived: Deployment) -> None:
    lived.compose("stop", "visits")
    try:
        done = lived.script("doctor", check=False)
        assert done.returncode == 1
        assert "visits is exited: make logs ARGS=visits says why." in done.stdout
        assert "Nobody reads it" in done.stdout
    finally:
        lived.compose("up", "--detach", "--wait", "visits")


def test_an_upgrade_backs_up_migrates_and_says_how_to_go_back(lived: Deployment) -> None:
    before = known(lived)
    said = lived.script("upgrade", HUB_VERSION="0.1.1").stdout
    try:
        assert "From release 0.1.0 to 0.1.1." in said
        assert "Backup:" in said
        assert "All is well." in said
        assert "To go back: git checkout v0.1.0 && make uninstall && make restore ARCHIVE=" in said
        images = lived.compose("ps", "--format", "{{.Image}}", "visits").stdout.split()
        assert images == ["mathshub-visits:0.1.1"]
        assert known(lived) == before
    finally:
        lived.script("up")
        lived.docker("image", "rm", *(f"mathshub-{one}:0.1.1" for one in (*SERVICES, "operator")))
