"""The routing keys that each service of the hub publishes, and subscribers can select."""

from typing import Final

from hub_contracts import PUBLISHERS
from hub_messaging.subscribers.event_selection import Catalogue
from hubctl.places import SERVICES

# Every service has an exchange for its marks; a service that publishes no event has no key here.
CATALOGUE: Final[Catalogue] = {
    service: [event.key for event in PUBLISHERS.get(service, ())] for service in SERVICES
}
