"""Declarations of the services: every route has a role rule and a path, every subscription a publisher."""

import json
import re
from collections import Counter

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator
from openapi_spec_validator.validation.exceptions import OpenAPIValidationError

from hub_contracts import EVENTS
from hub_local.declared import API, files, service_class
from hub_local.services import SERVICES
from hub_messaging.subscribe import subscriber_of, subscriptions_of
from hub_messaging.topology import Subscriber, permissions_of, rpc_queue_of, topic_permissions_of
from hub_platform.access import ANYONE, SIGNED_IN
from hub_platform.openapi import describe
from hub_platform.routes import routes_of

CLASSES = tuple(service.name for service in SERVICES)
ROLES = {"hub_admin", "hub_lead", "work_group_lead", "pd_lead", "board", "subscriber"}
# Nothing else answers without a credential.
OPEN_TO_ANYONE = {
    "health/live", "health/ready", "/sign-in", "/static/", "/v1/openapi.json",
    "/events", "/schemas/", "/asyncapi.json", "/docs/api",
}  # fmt: skip


@pytest.fixture(name="subscribers", scope="module")
def _subscribers() -> list[Subscriber]:
    return [subscriber_of(service_class(name)) for name in CLASSES]


@pytest.mark.parametrize("name", CLASSES)
def test_every_route_has_a_rule_of_known_roles(name: str) -> None:
    for method, route in routes_of(service_class(name)).items():
        assert route.allow, method
        if route.allow == ANYONE:
            assert any(part in route.url for part in OPEN_TO_ANYONE), f"{route.url} is open to anyone"
        elif route.allow != SIGNED_IN:
            assert route.allow <= ROLES, method


@pytest.mark.parametrize("name", CLASSES)
def test_every_route_starts_with_the_services_name_and_version(name: str) -> None:
    plain = (f"/{name}/v1/", f"/{name}/health/", f"/{name}/metrics", f"/{name}/version")
    published = ("/events", "/schemas/", "/asyncapi.json", "/docs/api")
    pages = ("/sign-in", "/static/", "/reports/", *published) if name == "reporting" else ()
    for route in routes_of(service_class(name)).values():
        assert route.url == "/" if route.url == "/" and pages else route.url.startswith((*plain, *pages))


@pytest.mark.parametrize("name", CLASSES)
def test_every_route_is_described_and_says_what_it_does(name: str) -> None:
    document = describe(service_class(name))
    operations = {op["operationId"]: op for path in document["paths"].values() for op in path.values()}
    assert set(operations) == set(routes_of(service_class(name)))
    for method, operation in operations.items():
        assert operation["summary"], f"{method} has no docstring"


@pytest.mark.parametrize("name", CLASSES)
def test_a_description_says_what_can_be_sent_in_words_of_its_standard(name: str) -> None:
    """JSON Schema's patterns are ECMA-262, which ends a text by $, and a query has no null."""
    document = describe(service_class(name))
    assert r"\\Z" not in json.dumps(document)
    operations = [op for path in document["paths"].values() for op in path.values()]
    for parameter in (one for operation in operations for one in operation["parameters"]):
        schema = parameter["schema"]
        assert isinstance(schema["type"], str), parameter
        assert None not in (schema.get("default", ""), *schema.get("enum", ()))


@pytest.mark.parametrize("name", CLASSES)
def test_no_part_of_a_service_hides_a_method_of_another(name: str) -> None:
    """Parts are mixed into one class, where of two methods with one name the second would never be called."""
    defined = Counter(
        method
        for part in service_class(name).__mro__
        if part.__module__.startswith(f"hub_{name}.api.")
        for method in vars(part)
        if not method.startswith("__")
    )
    assert defined
    assert [method for method, times in defined.items() if times > 1] == []


@pytest.mark.parametrize("name", CLASSES)
def test_a_subscription_is_to_published_events_of_others(name: str) -> None:
    for subscription in subscriptions_of(service_class(name)):
        for type_, event_class in subscription.event_classes.items():
            assert EVENTS[type_] is event_class
            assert event_class.publisher != name


@pytest.mark.parametrize("name", CLASSES)
def test_an_event_type_has_one_subscription_in_a_service(name: str) -> None:
    types = [type_ for s in subscriptions_of(service_class(name)) for type_ in s.event_classes]
    assert len(types) == len(set(types))


def test_reporting_subscribes_to_every_event(subscribers: list[Subscriber]) -> None:
    (reporting,) = (s for s in subscribers if s.service == "reporting")
    subscribed = {type_ for types in reporting.listens_to.values() for type_ in types}
    assert subscribed == {type_ for type_, event in EVENTS.items() if event.publisher != "reporting"}


@pytest.mark.parametrize(("asked", "by"), [("enrolment", "notifications"), ("visits", "enrolment")])
def test_a_service_is_asked_only_by_the_one_that_may(
    subscribers: list[Subscriber], asked: str, by: str
) -> None:
    """Enrolment is asked for addresses: no other service can put such a question or read one."""

    def may(subscriber: Subscriber, action: str, resource: str, routing_key: str) -> bool:
        topics = {topic["exchange"]: topic for topic in topic_permissions_of(subscriber)}
        return (
            resource in topics
            and re.match(permissions_of(subscriber)[action], resource) is not None
            and re.match(topics[resource][action], routing_key) is not None
        )

    may_ask = {s.service for s in subscribers if may(s, "write", "nameko-rpc", f"{asked}.contacts")}
    may_bind = {s.service for s in subscribers if may(s, "read", "nameko-rpc", f"{asked}.*")}
    readers = {s.service for s in subscribers if re.match(permissions_of(s)["read"], rpc_queue_of(asked))}
    assert (may_ask, may_bind, readers) == ({by}, {asked}, {asked})
    wildcards = ("#", "*", "*.*", "#.contacts", "*.contacts")
    assert not any(may(s, "read", "nameko-rpc", key) for s in subscribers for key in wildcards)


def test_the_hub_on_one_machine_lets_services_ask_what_they_declare(subscribers: list[Subscriber]) -> None:
    declared_here = {s.service: (s.answers, s.asks) for s in subscribers}
    assert {s.name: (s.subscriber.answers, s.subscriber.asks) for s in SERVICES} == declared_here


def test_what_is_written_down_is_what_the_services_declare() -> None:
    """The broker's definitions, the readers of each event, the OpenAPI documents."""
    stale = [str(path) for path, text in files().items() if path.read_text("utf-8") != text]
    assert stale == [], "run python -m hub_local.declared"


@pytest.mark.parametrize("name", CLASSES)
def test_a_description_is_valid_openapi(name: str) -> None:
    document = json.loads((API / f"{name}.json").read_text("utf-8"))
    OpenAPIV31SpecValidator(document).validate()
    del document["info"]["title"]
    with pytest.raises(OpenAPIValidationError, match="title"):
        OpenAPIV31SpecValidator(document).validate()
