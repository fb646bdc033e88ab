"""Codes of Get Information About Schools (GIAS, DfE) and what they mean to a Maths Hub.

Type and status codes as in DFE-Digital/early-careers-framework `gias_types.rb`, phases as in
DFE-Digital/schools-experience `school_mass_importer.rb` (both read in 2025).
"""

from typing import Final

STATUSES: Final = {1: "open", 2: "closed", 3: "proposed_to_close", 4: "proposed_to_open"}

PHASES: Final = {
    1: "early_years",  # Nursery
    2: "primary",
    3: "primary",  # Middle deemed primary
    4: "secondary",
    5: "secondary",  # Middle deemed secondary
    6: "post16",  # 16 plus
    7: "all_through",
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


def phase_of(code: int | None, low_age: int | None, high_age: int | None) -> str:
    """Return a school's phase: by its GIAS code, or by its statutory ages where GIAS gives no phase."""
    if code in PHASES:
        return PHASES[code]
    if code != PHASE_NOT_APPLICABLE or low_age is None or high_age is None:
        return "unknown"
    if high_age <= YEARS_OF_AGE["reception_ends"]:
        return "early_years"
    if low_age >= YEARS_OF_AGE["sixth_form_begins"]:
        return "post16"
    if high_age <= YEARS_OF_AGE["primary_ends"]:
        return "primary"
    return "secondary" if low_age >= YEARS_OF_AGE["secondary_begins"] else "all_through"
