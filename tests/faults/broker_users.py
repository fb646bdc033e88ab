"""Our services' place in the broker of a case: definitions, and users with a service's real permissions."""

from tests.faults.systems.ours.events import EVENTS, ThingChanged
from tests.support.broker import PASSWORD, BrokerServer

from hub_messaging import topology
from hub_messaging.envelope import routing_key_of
from hub_messaging.topology import Subscriber

PUBLISHER, CONSUMER, BYSTANDER = "publisher", "consumer", "bystander"


def _routing_keys(*publishers: str) -> dict[str, frozenset[str]]:
    classes = [one for one in EVENTS if one.publisher in publishers]
    return {
        publisher: frozenset(
            routing_key_of(one.type, one.version) for one in classes if one.publisher == publisher
        )
        for publisher in publishers
    }


# The bystander publishes a type of its own, so that the consumer's queue is bound to its exchange too.
SUBSCRIBERS = (
    Subscriber(PUBLISHER, {}),
    Subscriber(CONSUMER, _routing_keys(ThingChanged.publisher, BYSTANDER), answers=True),
    Subscriber(BYSTANDER, {}),
)


def import_definitions(server: BrokerServer, vhost: str) -> None:
    """Load what a deployment's definitions file has, and one user for each service."""
    passwords = {subscriber.service: PASSWORD for subscriber in SUBSCRIBERS}
    users = topology.users(SUBSCRIBERS, vhost, passwords)
    server.manage("POST", "definitions", topology.definitions(SUBSCRIBERS, vhost) | users)
