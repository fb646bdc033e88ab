"""Changes of plans: a cancelled group, a school with a new URN, a PD lead who stops, a withdrawal by mistake.

docs/demonstration.md describes how the hub shows them.
"""
