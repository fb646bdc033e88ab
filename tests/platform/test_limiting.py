"""How often one caller may ask, and who a caller is."""

from collections.abc import Callable
from pathlib import Path

from tests.platform.conftest import MIGRATIONS
from tests.platform.sending import PARCELS
from tests.support.broker import BrokerServer
from tests.support.postgres import PostgresServer
from tests.support.services import running_service
from werkzeug.wrappers import Request

from hub_platform.access import Actor
from hub_platform.limiting import NO_LIMIT, RateLimits
from hub_platform.problems import Problem

ADA, GRACE = Actor("ada"), Actor("grace")


def form(address: str = "10.0.0.1", method: str = "POST", **headers: str) -> Request:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Request.from_values(
        "/sign-in", method=method, headers=named, environ_overrides={"REMOTE_ADDR": address}
    )


def refused(spend: Callable[[], None]) -> Problem | None:
    try:
        spend()
    except Problem as problem:
        return problem
    return None


def test_one_callers_haste_is_not_anothers_wait() -> None:
    limits = RateLimits(by_credential=3, by_address=1)
    for _ in range(3):
        limits.spend_known(ADA)
    problem = refused(lambda: limits.spend_known(ADA))
    assert problem is not None
    assert (problem.status, problem.code) == (429, "too_many_requests")
    assert 1 <= int(problem.headers["Retry-After"]) <= 60
    assert "limit of 3 requests in a minute" in problem.detail
    limits.spend_known(GRACE)


def test_forms_without_a_credential_are_counted_by_address_and_reading_is_free() -> None:
    limits = RateLimits(by_credential=1, by_address=2)
    for _ in range(5):
        limits.spend_open(form(method="GET"))
    for _ in range(2):
        limits.spend_open(form("10.0.0.1"))
    assert refused(lambda: limits.spend_open(form("10.0.0.1"))) is not None
    limits.spend_open(form("10.0.0.2"))


def test_a_subject_that_looks_like_an_address_is_none() -> None:
    limits = RateLimits(by_credential=1, by_address=1)
    limits.spend_open(form("ada"))
    limits.spend_known(ADA)


def test_no_limit_is_none() -> None:
    limits = RateLimits(NO_LIMIT, NO_LIMIT)
    for _ in range(50):
        limits.spend_known(ADA)
        limits.spend_open(form())


def test_one_visitor_is_one_network_of_ipv6() -> None:
    """Before: the owner of a network could guess from another address each time."""
    limits = RateLimits(by_credential=1, by_address=1)
    limits.spend_open(form("2001:db8::1"))
    assert refused(lambda: limits.spend_open(form("2001:db8::2:3"))) is not None
    limits.spend_open(form("2001:db8:0:1::1"))


def test_a_service_says_when_to_come_again(
    postgres: PostgresServer, broker: BrokerServer, tmp_path: Path
) -> None:
    with running_service(
        tmp_path,
        "sorting",
        ("parcels", "sorting"),
        database_url=postgres.migrated_database(MIGRATIONS),
        amqp_uri=broker.new_vhost(),
        HUB_REQUESTS_PER_MINUTE="2",
    ) as service:
        hasty, patient = service.client("sorter"), service.client("counter")
        replies = [hasty("GET", PARCELS) for _ in range(4)]
        assert replies[-1].status == 429
        assert replies[-1].json["code"] == "too_many_requests"
        assert int(replies[-1].headers["Retry-After"]) >= 1
        assert patient("GET", PARCELS).status == 429  # the same subject, by another token
        assert service.answers()
