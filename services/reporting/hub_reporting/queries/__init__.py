"""Answers from the read models: one module for each report, the dashboard, the freshness of the figures."""
