"""Queries of visits: rows in, domain values out. Nothing here commits or decides."""
