"""Enrolment's queries: rows in, domain values out. Nothing here commits or decides."""
