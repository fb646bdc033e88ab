"""Reads and writes of the handlers of visits. Nothing here commits; `domain` decides."""
