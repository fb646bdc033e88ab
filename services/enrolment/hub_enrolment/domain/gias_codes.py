"""Codes of Get Information About Schools (GIAS, DfE) and what they mean to a Maths Hub.

Type and status codes as in DFE-Digital/early-careers-framework `gias_types.rb`, phases as in
DFE-Digital/schools-experience `school_mass_importer.rb` (both read in 2025).
"""

from typing import Final

from hub_contracts.vocabulary import Phase, SchoolStatus

STATUSES: Final = {
    1: SchoolStatus.OPEN,
    2: SchoolStatus.CLOSED,
    3: SchoolStatus.PROPOSED_TO_CLOSE,
    4: SchoolStatus.PROPOSED_TO_OPEN,
}

PHASES: Final = {
    1: Phase.EARLY_YEARS,  # Nursery
    2: Phase.PRIMARY,
    3: Phase.PRIMARY,  # Middle deemed primary
    4: Phase.SECONDARY,
    5: Phase.SECONDARY,  # Middle deemed secondary
    6: Phase.POST16,  # 16 plus
    7: Phase.ALL_THROUGH,
}
PHASE_NOT_APPLICABLE: Final = 0  # special schools, pupil referral units, independents: see `phase_of`

KNOWN_TYPES: Final = frozenset(
    {1, 2, 3, 5, 6, 7, 8, 10, 11, 12, 14, 15, 18, *range(24, 50), 56, 57}  # 4, 9, 13 … are unused
)

# A hub's offer is for state-funded schools and colleges of England. Not among them: independent (10, 11),
# secure, offshore, service children's and miscellaneous (24-27), universities (29), Welsh (30), British
# schools overseas (37), children's centres (47, 48), online providers (49), other departments' (56).
NOT_ELIGIBLE_TYPES: Final = frozenset({10, 11, 24, 25, 26, 27, 29, 30, 37, 47, 48, 49, 56})

YEARS_OF_AGE = {"reception_ends": 5, "primary_ends": 12, "secondary_begins": 9, "sixth_form_begins": 16}


def is_eligible(type_code: int) -> bool:
    """Return whether schools of this type may join the hub's programmes; an unknown type may not."""
    return type_code in KNOWN_TYPES and type_code not in NOT_ELIGIBLE_TYPES


def phase_of(code: int | None, low_age: int | None, high_age: int | None) -> Phase:
    """Return a school's phase: by its GIAS code, or by its statutory ages where GIAS gives no phase."""
    if code in PHASES:
        return PHASES[code]
    if code != PHASE_NOT_APPLICABLE or low_age is None or high_age is None:
        return Phase.UNKNOWN
    if high_age <= YEARS_OF_AGE["reception_ends"]:
        return Phase.EARLY_YEARS
    if low_age >= YEARS_OF_AGE["sixth_form_begins"]:
        return Phase.POST16
    if high_age <= YEARS_OF_AGE["primary_ends"]:
        return Phase.PRIMARY
    return Phase.SECONDARY if low_age >= YEARS_OF_AGE["secondary_begins"] else Phase.ALL_THROUGH
