"""What a test of visits says only when it matters."""

from datetime import date

from hub_visits.domain.calendars import HalfTerm

# A real calendar: Linton Village College, an academy in south Cambridgeshire, term dates 2023/24 (lvc.org).
# Days without pupils: training days of 29 September, 16 February and 28 June; the bank holiday of 6 May.
LINTON_YEAR = "2023/24"
LINTON_DATES = {
    1: (date(2023, 9, 4), date(2023, 10, 20), [date(2023, 9, 29)]),
    2: (date(2023, 10, 30), date(2023, 12, 20), []),
    3: (date(2024, 1, 4), date(2024, 2, 16), [date(2024, 2, 16)]),
    4: (date(2024, 2, 26), date(2024, 3, 28), []),
    5: (date(2024, 4, 15), date(2024, 5, 24), [date(2024, 5, 6)]),
    6: (date(2024, 6, 3), date(2024, 7, 19), [date(2024, 6, 28)]),
}
LINTON = [
    HalfTerm(first_year=2023, n=n, starts_on=first, ends_on=last, non_school_days=frozenset(off))
    for n, (first, last, off) in LINTON_DATES.items()
]
