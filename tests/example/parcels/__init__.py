"""A small service of no hub at all: the ground and the post office are tested through it."""
