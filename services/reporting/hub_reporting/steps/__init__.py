"""Projections: functions that build rows of the read models from one event, by kind of subject."""
