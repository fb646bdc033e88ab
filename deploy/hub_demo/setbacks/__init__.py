"""What does not go as planned: a group is cancelled, a school changes its number, a PD lead stops, a mistake.

What the hub makes of it today, and what comes out wrong, is described in docs/demonstration.md.
"""
