"""Records of subscribers, stored in the broker itself as global parameters of RabbitMQ.

So they are exported, imported and backed up together with the users, queues and policies.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final

from hub_messaging.json_text import JsonObject
from hub_messaging.subscribers.broker import Management
from hub_messaging.subscribers.naming import PREFIX

PATH: Final = "global-parameters"


@dataclass(frozen=True, kw_only=True)
class RegisteredSubscriber:
    """The record of one subscriber, which exists from the moment that this is stored."""

    name: str
    asked: tuple[str, ...]  # the operator's words: types, publishers, `all`
    events: Mapping[str, tuple[str, ...]]  # publisher → routing keys that the queue is bound to
    since: str  # first event: `now`, `beginning`, or an instant (ISO 8601, UTC)
    added_at: datetime  # aware UTC
    added_by: str
    changed_at: datetime | None = None  # password, events or limits
    changed_by: str = ""


def store(broker: Management, known: RegisteredSubscriber) -> None:
    """Store the record of a subscriber."""
    value = asdict(known) | {"vhost": broker.vhost, "added_at": known.added_at.isoformat()}
    value["changed_at"] = known.changed_at.isoformat() if known.changed_at else None
    value["events"] = {publisher: list(keys) for publisher, keys in known.events.items()}
    name = f"{PREFIX}{known.name}"
    broker.put(PATH, name, body={"name": name, "value": json.loads(json.dumps(value))})


def forget(broker: Management, name: str) -> bool:
    """Delete the record of a subscriber; return whether it existed."""
    return broker.delete(PATH, f"{PREFIX}{name}")


def load(broker: Management, name: str) -> RegisteredSubscriber | None:
    """Return one subscriber of this virtual host, or None."""
    found = broker.get(PATH, f"{PREFIX}{name}")
    return None if found is None else _read(broker, found)


def is_elsewhere(broker: Management, name: str) -> bool:
    """Whether a subscriber of this name belongs to another virtual host; users are shared by all of them."""
    found = broker.get(PATH, f"{PREFIX}{name}")
    return found is not None and found["value"].get("vhost") != broker.vhost


def load_all(broker: Management) -> Iterator[RegisteredSubscriber]:
    """Every subscriber of this virtual host, by name."""
    listed = broker.get(PATH) or []
    for one in sorted(listed, key=lambda found: str(found["name"])):
        known = _read(broker, one) if str(one["name"]).startswith(PREFIX) else None
        if known is not None:
            yield known


def _read(broker: Management, found: JsonObject) -> RegisteredSubscriber | None:
    value = found["value"]
    if value.get("vhost") != broker.vhost:
        return None
    changed = value.get("changed_at")
    return RegisteredSubscriber(
        name=value["name"],
        asked=tuple(value["asked"]),
        events={publisher: tuple(keys) for publisher, keys in value["events"].items()},
        since=value["since"],
        added_at=datetime.fromisoformat(value["added_at"]),
        added_by=value["added_by"],
        changed_at=datetime.fromisoformat(changed) if changed else None,
        changed_by=value.get("changed_by", ""),
    )
