"""Dates in England: working days, academic years and their half terms."""
