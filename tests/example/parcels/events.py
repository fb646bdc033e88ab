"""Events of the example service, in the shape that the published language gives them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self


@dataclass(frozen=True, kw_only=True)
class ParcelSorted:
    """A parcel was put on its shelf."""

    type: ClassVar[str] = "ParcelSorted"
    version: ClassVar[int] = 1
    publisher: ClassVar[str] = "sorting"

    number: int
    weight: int

    @property
    def subject(self) -> str:
        """The parcel, by its number."""
        return f"parcels/{self.number}"

    def to_data(self) -> dict[str, Any]:
        """As JSON values."""
        return {"number": self.number, "weight": self.weight}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        """Read it back; raises KeyError or ValueError."""
        return cls(number=int(data["number"]), weight=int(data["weight"]))


@dataclass(frozen=True, kw_only=True)
class ParcelSortedV2(ParcelSorted):
    """A parcel was put on its shelf, and on which: version 2 of the same event."""

    version = 2

    shelf: str

    def to_data(self) -> dict[str, Any]:
        """As JSON values."""
        return super().to_data() | {"shelf": self.shelf}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        """Read it back; raises KeyError or ValueError."""
        return cls(number=int(data["number"]), weight=int(data["weight"]), shelf=str(data["shelf"]))


class ParcelWeighed(ParcelSorted):
    """A parcel was weighed again."""

    type = "ParcelWeighed"
