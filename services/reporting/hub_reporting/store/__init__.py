"""Questions to the read models: rows in, domain values out."""
