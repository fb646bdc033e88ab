"""JSON routes of reports and of the freshness of their figures."""
