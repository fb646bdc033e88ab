"""The events of the fault suite, in the shape that the published language gives them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self


@dataclass(frozen=True, kw_only=True)
class ThingChanged:
    """A thing was changed by the n-th command."""

    type: ClassVar[str] = "ThingChanged"
    version: ClassVar[int] = 1
    publisher: ClassVar[str] = "publisher"

    n: int
    thing: str

    @property
    def subject(self) -> str:
        """The changed thing, as `things/<number>`."""
        return self.thing

    def to_data(self) -> dict[str, Any]:
        """As JSON values."""
        return {"n": self.n, "thing": self.thing}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        """Read it back; raises KeyError or ValueError."""
        return cls(n=int(data["n"]), thing=str(data["thing"]))


class ThingMarked(ThingChanged):
    """A thing was marked by the n-th command: another type about the same subjects."""

    type = "ThingMarked"


class ThingNoticed(ThingChanged):
    """Another service has noticed a thing; only its exchange matters here."""

    type = "ThingNoticed"
    publisher = "bystander"


EVENTS: tuple[type[ThingChanged], ...] = (ThingChanged, ThingMarked, ThingNoticed)


def event_of(n: int, thing: str) -> ThingChanged:
    """Every fourth command marks, the others change."""
    return ThingMarked(n=n, thing=thing) if n % 4 == 0 else ThingChanged(n=n, thing=thing)
