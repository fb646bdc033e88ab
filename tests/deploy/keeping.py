"""What a hub says of itself, and a backup of it: the same before and after all was lost."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.deploy.conftest import PROJECT, SERVICES, Deployment


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


def backup_of(hub: Deployment) -> Path:
    """Make one; the archive."""
    made = [word for word in hub.script("backup").stdout.split() if word.endswith(".tar.gz")]
    (archive,) = map(Path, made)
    assert archive.stat().st_mode & 0o077 == 0
    assert list(archive.parent.glob(".unfinished*")) == []
    return archive


def lose(hub: Deployment) -> None:
    """Delete it with all that it keeps."""
    older = f"{PROJECT}_of-an-earlier-release"
    hub.docker("volume", "create", "--label", f"com.docker.compose.project={PROJECT}", older)
    hub.script("uninstall", CONFIRM=PROJECT)
    assert hub.volumes() == []
    assert not Path(hub.environment["HUB_SECRETS"]).exists()


def bring_back(hub: Deployment, archive: Path) -> None:
    """Restore it from a backup."""
    said = hub.script("restore", str(archive)).stdout
    assert "Every table of 4 databases is as it was" in said
