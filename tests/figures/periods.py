"""The periods whose figures are compared: first day, last day, and the day as at which they are."""

from typing import Final

PERIODS: Final = {
    "this year": ("2026-09-01", "2027-08-31", "2027-01-12"),
    "this year as at November": ("2026-09-01", "2027-08-31", "2026-11-15"),
    "this year as at the first days of January": ("2026-09-01", "2027-08-31", "2027-01-05"),
    "last year": ("2025-09-01", "2026-08-31", "2026-08-31"),
    "a year without data": ("2023-09-01", "2024-08-31", "2024-08-31"),
}
