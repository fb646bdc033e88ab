"""An invented school, and GIAS's codes for its fields."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from hub_demo.register.geography import District, Town

OPEN: Final = 1
CLOSED: Final = 2
PROPOSED_TO_CLOSE: Final = 3
PROPOSED_TO_OPEN: Final = 4

STATUS_NAMES: Final = {
    OPEN: "Open",
    CLOSED: "Closed",
    PROPOSED_TO_CLOSE: "Open, but proposed to close",
    PROPOSED_TO_OPEN: "Proposed to open",
}

COMMUNITY: Final = 1
VOLUNTARY_AIDED: Final = 2
VOLUNTARY_CONTROLLED: Final = 3
SPONSORED_ACADEMY: Final = 28
CONVERTER_ACADEMY: Final = 34
CHURCH_TYPES: Final = frozenset({VOLUNTARY_AIDED, VOLUNTARY_CONTROLLED})

# Code of a type of establishment → its name, the code of its group, the group's name.
TYPES: Final = {
    COMMUNITY: ("Community school", 4, "Local authority maintained schools"),
    VOLUNTARY_AIDED: ("Voluntary aided school", 4, "Local authority maintained schools"),
    VOLUNTARY_CONTROLLED: ("Voluntary controlled school", 4, "Local authority maintained schools"),
    5: ("Foundation school", 4, "Local authority maintained schools"),
    7: ("Community special school", 5, "Special schools"),
    10: ("Other independent special school", 5, "Special schools"),
    11: ("Other independent school", 3, "Independent schools"),
    14: ("Pupil referral unit", 4, "Local authority maintained schools"),
    15: ("Local authority nursery school", 4, "Local authority maintained schools"),
    18: ("Further education", 1, "Colleges"),
    SPONSORED_ACADEMY: ("Academy sponsor led", 10, "Academies"),
    31: ("Sixth form centres", 1, "Colleges"),
    CONVERTER_ACADEMY: ("Academy converter", 10, "Academies"),
    35: ("Free schools", 11, "Free Schools"),
    40: ("University technical college", 11, "Free Schools"),
    44: ("Academy special converter", 10, "Academies"),
    45: ("Academy 16-19 converter", 10, "Academies"),
}
GROUPS_WITH_TRUSTS: Final = frozenset({10, 11})

# Kind of school → code and name of its phase of education, lowest and highest age.
KINDS: Final = {
    "primary": (2, "Primary", 4, 11),
    "secondary": (4, "Secondary", 11, 16),
    "special": (0, "Not applicable", 4, 18),
    "nursery": (1, "Nursery", 3, 5),
    "post16": (6, "16 plus", 16, 19),
    "all_through": (7, "All-through", 4, 18),
    "pru": (0, "Not applicable", 5, 16),
    "independent": (0, "Not applicable", 3, 16),
}


@dataclass(frozen=True)
class Trust:
    """An academy trust; `uid` is its group number, above those that GIAS has assigned."""

    uid: str
    name: str


@dataclass(frozen=True, kw_only=True)
class School:
    """A row of the establishments file."""

    urn: str
    name: str
    kind: str  # a key of KINDS
    type_code: int
    status: int
    district: District
    town: Town
    number: int  # of the establishment, within its authority
    easting: int
    northing: int
    postcode: str
    street: str
    pupils: int
    girls: int
    fsm_percent: float
    trust: Trust | None = None
    opened_on: date | None = None
    closed_on: date | None = None
    opened_because: tuple[int, str] = (0, "Not applicable")
    closed_because: tuple[int, str] = (0, "Not applicable")
    changed_on: date

    @property
    def is_open(self) -> bool:
        """Whether its status is open, or open but proposed to close."""
        return self.status in {OPEN, PROPOSED_TO_CLOSE}

    @property
    def la_code(self) -> str:
        """Code of the local authority."""
        return self.district.authority.code

    @property
    def is_state_funded(self) -> bool:
        """Whether it is eligible for the hub's offer."""
        return self.kind != "independent"

    @property
    def type_group(self) -> int:
        """Code of the group of establishment types."""
        return TYPES[self.type_code][1]


@dataclass(frozen=True)
class Link:
    """A row of the links file, from `urn` to `other`."""

    urn: str
    other: str
    other_name: str
    kind: str
    on: date | None
