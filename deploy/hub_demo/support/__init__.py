"""Supported schools: assignments of PD leads, and the outcome of each obligation."""
