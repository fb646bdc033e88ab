"""A deployment in minutes (`make test-deploy-short`): one day, a crash, a backup, and all of it back."""

from tests.deploy.conftest import Deployment
from tests.deploy.keeping import backup_of, bring_back, known, lose

FIRST_DAY = "2025-09-01"  # schools connect, leaders are appointed, support is planned


def test_a_hub_of_one_day_outlives_a_crash_and_comes_back_from_a_backup(hub: Deployment) -> None:
    hub.demonstrate("--until", FIRST_DAY)
    before = known(hub)
    hub.kill("reporting", "rabbitmq", "postgres")
    hub.wait_until_ready()
    assert known(hub) == before
    archive = backup_of(hub)
    lose(hub)
    bring_back(hub, archive)
    hub.demonstrate("--until", FIRST_DAY)  # sends nothing new, and waits until what is sent again has arrived
    assert known(hub) == before
    assert "All is well." in hub.script("doctor").stdout
