"""Use cases and reactions of notifications. Reactions schedule messages; `sending` sends them."""
