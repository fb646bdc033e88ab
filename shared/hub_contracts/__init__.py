"""The published language of a Maths Hub: every event that its services publish.

received = parse(message.body)
match received.event:
    case VisitLogged(urn=urn, half_days=half_days): ...

Events are found by routing key: the type, from version 2 on with the version, as `VisitLogged.v2`.

Names are imported at their first use, so that `hub_contracts.vocabulary` needs the standard library alone.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from hub_contracts.events import BrokenEvent, Event
    from hub_contracts.published import EVENTS, MARKS, PUBLISHERS, parse
    from hub_contracts.reading import InvalidData, NotAnEvent, Received, UnknownEvent, Unreadable

__all__ = [
    "EVENTS",
    "MARKS",
    "PUBLISHERS",
    "BrokenEvent",
    "Event",
    "InvalidData",
    "NotAnEvent",
    "Received",
    "UnknownEvent",
    "Unreadable",
    "parse",
]

_MODULES: Final = {
    "hub_contracts.events": ("BrokenEvent", "Event"),
    "hub_contracts.published": ("EVENTS", "MARKS", "PUBLISHERS", "parse"),
    "hub_contracts.reading": ("InvalidData", "NotAnEvent", "Received", "UnknownEvent", "Unreadable"),
}
_MODULE_OF: Final = {name: module for module, names in _MODULES.items() for name in names}

if not TYPE_CHECKING:  # hidden from type checkers, which would accept any name otherwise

    def __getattr__(name: str) -> object:
        """Import a public name from the module that defines it (PEP 562)."""
        if name not in _MODULE_OF:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(_MODULE_OF[name]), name)
