"""Use cases and reactions of visits: load, decide, save, record the event. Nothing here commits."""
