"""A hub with a year in it: how large it is, what comes back from a backup, going to the next release."""

import json

import pytest
from tests.deploy.conftest import SERVICES, Deployment
from tests.deploy.keeping import backup_of, bring_back, known, lose

MEGABYTES_AT_MOST = 120  # of a service, with a year behind it
LATE_SPRING, LATE_JUNE = "2026-05-20", "2026-06-26"
NO_ALARM, ALARM = "0.6", "0.000001"  # RabbitMQ's memory watermark, as a share


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


def memory(hub: Deployment) -> dict[str, float]:
    """Megabytes that each service's process occupies: its proportional set size (proc_pid_smaps_rollup(5)).

    The engine's figure includes the kernel's page cache: 66 MB of fonts and libraries after enrolment's first
    document, where no process has read them since the machine started.
    """
    found = {}
    for service in SERVICES:
        told = hub.compose("exec", "--no-TTY", service, "cat", "/proc/1/smaps_rollup").stdout
        sizes = dict(line.split(":", 1) for line in told.splitlines() if line.endswith(" kB"))
        found[service] = int(sizes["Pss"].removesuffix(" kB")) * 1024 / 1e6
    return found


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

    # The result without a fault …
    watermark(hub, NO_ALARM)
    hub.compose("unpause", "reporting")
    hub.demonstrate()
    before, used = known(hub), memory(hub)
    with capsys.disabled():
        print("\nmemory after the year: " + ", ".join(f"{n} {size:.0f} MB" for n, size in used.items()))  # noqa: T201
    assert max(used.values()) < MEGABYTES_AT_MOST
    # … and after the loss of everything.
    lose(hub)
    bring_back(hub, archive)
    hub.demonstrate()
    after = known(hub)
    assert after.reports == before.reports
    assert after.counts == before.counts
    assert after.schools == before.schools


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
        assert "visits is exited: make logs ARGS=visits shows the reason," in done.stdout
        assert "It has no reader" in done.stdout
    finally:
        lived.compose("up", "--detach", "--wait", "visits")


def test_an_upgrade_backs_up_migrates_and_says_how_to_go_back(lived: Deployment) -> None:
    before = known(lived)
    said = lived.script("upgrade", HUB_VERSION="0.1.1").stdout
    try:
        assert "From release 0.1.0 to release 0.1.1." in said
        assert "Backup:" in said
        assert "All is well." in said
        assert "To go back: git checkout v0.1.0 && make uninstall && make restore ARCHIVE=" in said
        images = lived.compose("ps", "--format", "{{.Image}}", "visits").stdout.split()
        assert images == ["mathshub-visits:0.1.1"]
        assert known(lived) == before
    finally:
        lived.script("up")
        lived.docker("image", "rm", *(f"mathshub-{one}:0.1.1" for one in (*SERVICES, "operator")))
