"""Reads and writes of enrolment's tables for handlers; nothing here commits or decides."""
