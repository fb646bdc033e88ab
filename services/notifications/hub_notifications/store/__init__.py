"""Reads and writes of the handlers of notifications. Nothing here commits; `domain` decides."""
