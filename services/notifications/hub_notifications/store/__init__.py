"""Queries of notifications: rows in, values out. Nothing here commits or decides."""
