"""Releases of what other programs rely on: the events and the HTTP interfaces, stored and compared."""
