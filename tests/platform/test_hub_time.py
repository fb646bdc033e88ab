"""A service whose clock may be set, over HTTP; the tests stand in the order in which time passes."""

from datetime import datetime, timedelta
from uuid import uuid4

from tests.support.services import Client, RunningService
from tests.support.waiting import wait_until

CLOCK = "/sorting/v1/clock"
PARCELS = "/sorting/v1/parcels"


def hub_time(client: Client) -> datetime:
    return datetime.fromisoformat(client("GET", CLOCK).json["hub_time"])


def told(client: Client, at: datetime, path: str = CLOCK) -> int:
    return client("GET", path, Hub_Time=at.isoformat()).status


def test_a_known_sender_sets_the_clock_and_it_goes_on(sorting: RunningService, sorter: Client) -> None:
    ahead = hub_time(sorter) + timedelta(days=10)
    assert told(sorter, ahead) == 200
    assert ahead <= hub_time(sorter) < ahead + timedelta(minutes=1)
    sorting.stop()
    sorting.start()
    assert ahead <= hub_time(sorter) < ahead + timedelta(minutes=2)


def test_an_earlier_instant_decides_its_request_and_leaves_the_clock(sorter: Client) -> None:
    before = hub_time(sorter)
    assert told(sorter, before - timedelta(days=300)) == 200
    assert hub_time(sorter) >= before


def test_hub_time_cannot_be_set_without_a_credential(sorting: RunningService, sorter: Client) -> None:
    before = hub_time(sorter)
    anyone = Client(sorting.port)
    assert told(anyone, before + timedelta(days=1), "/sorting/health/live") == 200
    assert told(anyone, before + timedelta(days=1)) == 401
    assert hub_time(sorter) < before + timedelta(hours=1)


def test_hub_time_cannot_be_set_by_a_refused_request(sorting: RunningService, sorter: Client) -> None:
    before = hub_time(sorter)
    stranger = sorting.client("stranger")
    refused = stranger("POST", PARCELS, {}, Hub_Time=(before + timedelta(days=1)).isoformat())
    assert refused.status == 403
    assert hub_time(sorter) < before + timedelta(hours=1)


def test_a_jump_over_400_days_is_refused_and_nothing_is_done(sorter: Client) -> None:
    before = hub_time(sorter)
    number = int(uuid4()) % 10**6
    far = (before + timedelta(days=401)).isoformat()
    reply = sorter("POST", PARCELS, {"number": number, "weight": 1}, Hub_Time=far)
    assert (reply.status, reply.json["code"]) == (400, "hub_time_too_far_ahead")
    assert hub_time(sorter) < before + timedelta(hours=1)
    assert number not in [each["number"] for each in sorter("GET", f"{PARCELS}?limit=200").json["items"]]


def test_the_clock_names_both_times(sorter: Client) -> None:
    said = sorter("GET", CLOCK).json
    assert (said["timers"], said["work_left"]) == ({}, {"events to publish": 0})
    assert datetime.fromisoformat(said["real_time"]) < datetime.fromisoformat(said["hub_time"])


def test_a_token_ends_by_real_time_whatever_the_hubs_clock_says(
    sorting: RunningService, sorter: Client
) -> None:
    short = sorting.client("sorter")
    assert told(sorter, hub_time(sorter) + timedelta(days=399)) == 200
    wait_until(lambda: short("GET", CLOCK).status == 200)
