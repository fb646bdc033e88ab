"""Towns near which the demonstration's schools are, and the number of schools of each district.

Authorities, districts and towns are real (codes: GIAS and the Office for National Statistics; positions:
Ordnance Survey national grid, metres, to the nearest few hundred). The numbers of schools are this
demonstration's own, of a realistic size.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Authority:
    """A local authority, with GIAS's codes."""

    code: str
    name: str
    gss_code: str
    county: str


@dataclass(frozen=True)
class Town:
    """A town near which schools are placed."""

    name: str
    easting: int
    northing: int
    postcode_area: str
    weight: int  # share of the district's schools near it, relative to the other towns


@dataclass(frozen=True)
class District:
    """A district with its open state-funded schools at the end of the year, by kind."""

    code: str
    name: str
    authority: Authority
    towns: tuple[Town, ...]
    schools: Mapping[str, int]


CAMBRIDGESHIRE: Final = Authority("873", "Cambridgeshire", "E10000003", "Cambridgeshire")
PETERBOROUGH: Final = Authority("874", "Peterborough", "E06000031", "Cambridgeshire")
NORFOLK: Final = Authority("926", "Norfolk", "E10000020", "Norfolk")
SUFFOLK: Final = Authority("935", "Suffolk", "E10000029", "Suffolk")

EAST_CAMBRIDGESHIRE_CODE: Final = "E07000009"
FENLAND_CODE: Final = "E07000010"
# Fenland and East Cambridgeshire were one of the Department for Education's opportunity areas.
OPPORTUNITY_AREA: Final = frozenset({EAST_CAMBRIDGESHIRE_CODE, FENLAND_CODE})

DISTRICTS: Final = (
    District(
        "E07000008",
        "Cambridge",
        CAMBRIDGESHIRE,
        (Town("Cambridge", 545_000, 258_500, "CB", 1),),
        {"primary": 24, "secondary": 6, "special": 2, "nursery": 4, "post16": 3, "pru": 1},
    ),
    District(
        EAST_CAMBRIDGESHIRE_CODE,
        "East Cambridgeshire",
        CAMBRIDGESHIRE,
        (
            Town("Ely", 554_000, 280_300, "CB", 4),
            Town("Soham", 559_300, 273_200, "CB", 2),
            Town("Littleport", 556_600, 286_900, "CB", 2),
        ),
        {"primary": 37, "secondary": 4, "special": 2},
    ),
    District(
        FENLAND_CODE,
        "Fenland",
        CAMBRIDGESHIRE,
        (
            Town("Wisbech", 546_300, 309_600, "PE", 4),
            Town("March", 541_700, 296_900, "PE", 3),
            Town("Chatteris", 539_300, 286_000, "PE", 2),
            Town("Whittlesey", 527_000, 297_000, "PE", 2),
        ),
        {"primary": 36, "secondary": 5, "special": 2, "nursery": 1, "pru": 1},
    ),
    District(
        "E07000011",
        "Huntingdonshire",
        CAMBRIDGESHIRE,
        (
            Town("Huntingdon", 523_800, 271_700, "PE", 4),
            Town("St Neots", 518_500, 260_300, "PE", 4),
            Town("St Ives", 531_200, 271_300, "PE", 3),
            Town("Ramsey", 528_800, 285_100, "PE", 2),
        ),
        {"primary": 58, "secondary": 8, "special": 3, "nursery": 1, "post16": 1},
    ),
    District(
        "E07000012",
        "South Cambridgeshire",
        CAMBRIDGESHIRE,
        (
            Town("Cambourne", 532_300, 259_500, "CB", 4),
            Town("Sawston", 548_700, 249_200, "CB", 3),
            Town("Linton", 556_200, 246_800, "CB", 2),
            Town("Histon", 543_800, 263_700, "CB", 3),
        ),
        {"primary": 63, "secondary": 8, "special": 2},
    ),
    District(
        "E06000031",
        "Peterborough",
        PETERBOROUGH,
        (Town("Peterborough", 519_200, 298_600, "PE", 1),),
        {
            "primary": 60,
            "secondary": 13,
            "special": 5,
            "nursery": 1,
            "post16": 2,
            "all_through": 2,
            "pru": 1,
        },
    ),
    District(
        "E07000146",
        "King's Lynn and West Norfolk",
        NORFOLK,
        (
            Town("King's Lynn", 562_000, 320_000, "PE", 5),
            Town("Downham Market", 561_000, 303_000, "PE", 2),
            Town("Docking", 576_500, 337_000, "PE", 1),
        ),
        {"primary": 62, "secondary": 8, "special": 2},
    ),
    District(
        "E07000143",
        "Breckland",
        NORFOLK,
        (Town("Swaffham", 581_900, 308_900, "PE", 2), Town("Thetford", 587_000, 283_000, "IP", 3)),
        {"primary": 30, "secondary": 5, "special": 1},
    ),
    District(
        "E07000147",
        "North Norfolk",
        NORFOLK,
        (Town("Fakenham", 592_000, 329_700, "NR", 1),),
        {"primary": 28, "secondary": 3, "special": 1},
    ),
    District(
        "E07000245",
        "West Suffolk",
        SUFFOLK,
        (
            Town("Bury St Edmunds", 585_300, 264_200, "IP", 4),
            Town("Newmarket", 564_400, 263_400, "CB", 2),
            Town("Mildenhall", 571_000, 274_500, "IP", 2),
            Town("Haverhill", 567_100, 245_400, "CB", 2),
        ),
        {"primary": 60, "secondary": 10, "special": 3, "post16": 1},
    ),
    District(
        "E07000203",
        "Mid Suffolk",
        SUFFOLK,
        (Town("Stowmarket", 604_900, 258_600, "IP", 1),),
        {"primary": 26, "secondary": 4},
    ),
    District(
        "E07000200",
        "Babergh",
        SUFFOLK,
        (Town("Sudbury", 587_400, 241_300, "CO", 1),),
        {"primary": 22, "secondary": 4},
    ),
)
