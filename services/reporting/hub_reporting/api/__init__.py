"""HTTP: what can be asked of reporting, and the pages."""
