"""Definitions and arithmetic of the measures: pure functions of the standard library."""
