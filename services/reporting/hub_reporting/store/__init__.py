"""Reads and writes of the read models and of browser sessions."""
