"""Another small service of no hub at all: one that answers questions, and one that asks them."""
