"""Releases of the events and HTTP interfaces that other programs use: stored, and compared with today's."""
