"""Projections of events into the read models, and the beginning and end of browser sessions."""
