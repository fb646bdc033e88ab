"""Academic years: from 1 September to 31 August."""

from datetime import date


def academic_year_of(day: date) -> str:
    """Return the academic year of a day: "2025/26" from 1 September 2025 to 31 August 2026."""
    first = day.year if day.month >= 9 else day.year - 1
    return f"{first}/{(first + 1) % 100:02d}"
